// The program of the process that holds libpcap for `cap`, as text, and the records it writes. cap may abort its
// whole process when an interface goes down, so it never shares one with vipdoctor; it knows no pcap files.

/**
 * CommonJS, for `node -e`. argv: path of the cap module, interface, filter. Each record on stdout is a 4-byte length,
 * an 8-byte stamp in ns, a 2-byte link type (all big-endian), then the frame; a record of length 0 says “listening”.
 * It ends when stdin closes. `held` keeps the buffer alive: cap writes into it behind the collector's back.
 */
export const capChildProgram = `
const [modulePath, device, filter] = process.argv.slice(1);
const { Cap } = require(modulePath);
const held = Buffer.alloc(65536);
const cap = new Cap();
const linkTypes = { NULL: 0, ETHERNET: 1, RAW: 101, LINKTYPE_LINUX_SLL: 113 };
let linkType = 0;
const stampNs = () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
const write = (frame) => {
  const head = Buffer.alloc(14);
  head.writeUInt32BE(frame.length, 0);
  head.writeBigUInt64BE(stampNs(), 4);
  head.writeUInt16BE(linkType, 12);
  process.stdout.write(Buffer.concat([head, frame]));
};
try {
  const name = cap.open(device, filter, 1024 * 1024, held);
  linkType = linkTypes[name] ?? 65535;
} catch (problem) {
  process.stderr.write(String(problem && problem.message || problem));
  process.exit(3);
}
if (cap.setMinBytes) cap.setMinBytes(0);
cap.on('packet', (length) => write(held.subarray(0, Math.min(length, held.length))));
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();
process.stdout.on('error', () => process.exit(0));
globalThis.keep = { cap, held };
write(Buffer.alloc(0));
`;

export interface CapRecord {
  readonly atNs: bigint;
  readonly linkType: number;
  /** Empty: the child has begun to listen. */
  readonly bytes: Uint8Array;
}

const headBytes = 14;
const maxFrameBytes = 262_144;

/** Reads the child's records as they arrive. A length no frame can have ends the reading: `corrupt`. */
export function createCapRecordReader(): (chunk: Uint8Array) => readonly CapRecord[] | 'corrupt' {
  let pending = new Uint8Array(0);
  return (chunk) => {
    const bytes = new Uint8Array(pending.length + chunk.length);
    bytes.set(pending);
    bytes.set(chunk, pending.length);
    const view = new DataView(bytes.buffer);
    const records: CapRecord[] = [];
    let at = 0;
    while (bytes.length - at >= headBytes) {
      const length = view.getUint32(at);
      if (length > maxFrameBytes) return 'corrupt';
      if (bytes.length - at < headBytes + length) break;
      records.push({
        atNs: view.getBigUint64(at + 4),
        linkType: view.getUint16(at + 12),
        bytes: bytes.slice(at + headBytes, at + headBytes + length),
      });
      at += headBytes + length;
    }
    pending = bytes.slice(at);
    return records;
  };
}
