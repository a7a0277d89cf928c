/**
 * Changes a running process's sockets from outside, to make states that no command leaves behind: it borrows each
 * descriptor (pidfd_getfd, Linux 5.6) and sets an option on the socket they then share. Needs python3 on this machine.
 */
import { mustRun } from '../commands.ts';

const script = `
import ctypes, os, socket, struct, sys
pid, act = int(sys.argv[1]), sys.argv[2]
libc = ctypes.CDLL(None, use_errno=True)
pidfd = os.pidfd_open(pid)
done = 0
for name in os.listdir('/proc/%d/fd' % pid):
    if not os.readlink('/proc/%d/fd/%s' % (pid, name)).startswith('socket:'):
        continue
    fd = libc.syscall(438, pidfd, int(name), 0)
    if fd < 0:
        sys.exit('pidfd_getfd: ' + os.strerror(ctypes.get_errno()))
    s = socket.socket(fileno=fd)
    if act == 'leave-multicast-groups' and s.family == socket.AF_INET:
        for index in range(1, 64):
            try:
                mreqn = socket.inet_aton('224.0.0.18') + bytes(4) + struct.pack('=i', index)
                s.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, mreqn)
                done += 1
            except OSError:
                pass
    if act == 'ignore-address-changes' and s.family == 16:
        for group in (5, 9):
            try:
                s.setsockopt(270, 2, group)
                done += 1
            except OSError:
                pass
    s.detach()
    os.close(fd)
if done == 0:
    sys.exit('none of its sockets could be changed')
`;

export type Surgery = 'leave-multicast-groups' | 'ignore-address-changes';

export const socketSurgery = async (pid: number, surgery: Surgery): Promise<void> => {
  await mustRun(['python3', '-c', script, String(pid), surgery]);
};
