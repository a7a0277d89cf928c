/**
 * What keepalived decides about virtual servers once the whole file is read: defaults it has to put in, ports that
 * do not fit the forwarding method, quorum and weights (check_data.c: validate_check_config, link_vsg_to_vs).
 */
import type { Complain } from './complaint.ts';
import type { LvsFacts, ServerFacts, ServerGroupFacts, ServiceFacts } from './service-facts.ts';
import type { ConfigLine } from './words.ts';

export function completeServices(complain: Complain, facts: LvsFacts): void {
  for (const service of facts.services) {
    const group =
      service.kind === 'group' ? facts.groups.find((one) => one.name === service.group) : undefined;
    if (service.kind === 'group' && !fitsGroup(complain, service, group)) continue;
    completeService(complain, service, group);
  }
}

/** keepalived drops a virtual server whose group it does not find, with no more than a line in the log. */
function fitsGroup(complain: Complain, service: ServiceFacts, group: ServerGroupFacts | undefined): boolean {
  const silent = (rule: string, message: string): false => {
    complain(service.line, 'silent', rule, `${message}; keepalived ignores the virtual server`);
    return false;
  };
  if (group === undefined) return silent('reference-unknown', 'the virtual_server_group is not defined');
  const both = group.hasIpv4 === 'yes' && group.hasIpv6 === 'yes';
  if (service.family === undefined) {
    if (group.hasIpv4 !== group.hasIpv6) service.family = group.hasIpv4 === 'yes' ? 'ipv4' : 'ipv6';
    return true;
  }
  const other = service.family === 'ipv4' ? group.hasIpv6 : group.hasIpv4;
  return both || other === 'yes'
    ? silent('family-mismatch', 'the group has addresses of the other family')
    : true;
}

type Objects = (where: ConfigLine, rule: string, message: string) => undefined;

function completeService(
  complain: Complain,
  service: ServiceFacts,
  group: ServerGroupFacts | undefined,
): undefined {
  const objects: Objects = (where, rule, message) => void complain(where, 'objects', rule, message);
  const { line } = service;
  if (service.servers.length === 0)
    return objects(
      line,
      'real-server-missing',
      'the virtual server has no real server; keepalived ignores it',
    );
  const hasMarks = service.kind === 'fwmark' || group?.entries.some(({ kind }) => kind === 'fwmark') === true;
  const hasAddresses =
    service.kind === 'address' || group?.entries.some(({ kind }) => kind === 'address') === true;
  if (service.haSuspend !== undefined && hasMarks)
    objects(
      service.haSuspend,
      'settings-conflict',
      'ha_suspend cannot be used with fwmarks; keepalived clears it',
    );
  if (hasAddresses) {
    if (service.protocol === undefined)
      objects(line, 'protocol-missing', 'the virtual server has no protocol; keepalived uses UDP');
    if (service.onePacket !== undefined && (service.protocol?.value ?? 'UDP') !== 'UDP')
      objects(service.onePacket, 'settings-conflict', 'ops needs protocol UDP; keepalived clears it');
    if (service.persistence === 'no' && service.kind === 'address' && service.port === 0) {
      objects(
        line,
        'port-missing',
        'a virtual server without port must be persistent; keepalived sets persistence_timeout',
      );
      service.persistence = 'yes';
    }
  }
  if (
    service.persistence === 'no' &&
    group?.entries.some((entry) => entry.kind === 'address' && entry.port === 0) === true
  )
    objects(
      line,
      'port-missing',
      'a virtual server without port must be persistent; keepalived sets persistence_timeout',
    );
  if (service.protocol !== undefined && hasMarks && !hasAddresses)
    objects(service.protocol.line, 'settings-conflict', 'protocol has no effect with a fwmark');
  if (service.scheduler === undefined)
    objects(line, 'scheduler-missing', 'the virtual server has no lvs_sched; keepalived uses wlc');
  const servers = completeServers(objects, service);
  completeForwarding(objects, service, servers);
  completeQuorum(objects, service, servers);
  if (group === undefined) comparePorts(objects, service, servers);
  else compareGroupPorts(objects, service, { servers, group, hasMarks });
}

function completeServers(objects: Objects, service: ServiceFacts): readonly ServerFacts[] {
  const kept: ServerFacts[] = [];
  for (const server of service.servers) {
    if (kept.some((other) => other.address === server.address && other.port === server.port)) {
      objects(server.line, 'name-twice', 'the real server is listed twice; keepalived drops the second');
      continue;
    }
    kept.push(server);
    const { sorry } = service;
    const inhibit = server.inhibit ?? service.inhibit;
    if (
      sorry !== undefined &&
      sorry.address === server.address &&
      sorry.port === server.port &&
      (sorry.inhibit ?? 'off') !== inhibit
    )
      objects(
        sorry.line,
        'settings-conflict',
        'the sorry server is also a real server with another inhibit setting',
      );
  }
  return kept;
}

function completeForwarding(objects: Objects, service: ServiceFacts, servers: readonly ServerFacts[]): void {
  for (const server of [...servers, ...(service.sorry === undefined ? [] : [service.sorry])]) {
    if (server.forwarding !== undefined) continue;
    if (service.forwarding === undefined) {
      objects(service.line, 'forwarding-missing', 'no lvs_method is given; keepalived uses NAT');
      service.forwarding = 'NAT';
    }
    server.forwarding = service.forwarding;
  }
}

function completeQuorum(objects: Objects, service: ServiceFacts, servers: readonly ServerFacts[]): void {
  const total = servers.reduce((sum, server) => sum + (server.weight ?? service.weight), 0);
  const { hysteresis } = service;
  let quorum = service.quorum?.value ?? 1;
  if (quorum > total) {
    objects(
      service.quorum?.line ?? service.line,
      'quorum-too-high',
      `quorum is above the total weight of the real servers (${total}); keepalived uses that`,
    );
    quorum = total;
  }
  if ((hysteresis?.value ?? 0) >= quorum)
    objects(
      hysteresis?.line ?? service.line,
      'settings-conflict',
      'hysteresis must be below quorum; keepalived lowers it',
    );
}

function comparePorts(objects: Objects, service: ServiceFacts, servers: readonly ServerFacts[]): void {
  const direct = [...servers, ...(service.sorry === undefined ? [] : [service.sorry])];
  for (const server of direct) {
    if (server.forwarding === 'NAT' || server.port === 0) continue;
    if (service.kind === 'fwmark')
      objects(
        server.line,
        'port-ignored',
        `a port has no effect with a fwmark and ${server.forwarding ?? ''}`,
      );
    else if (server.port !== service.port)
      objects(
        server.line,
        'port-mismatch',
        `with ${server.forwarding ?? ''} the port must be that of the virtual server (${service.port}); keepalived uses that`,
      );
  }
}

function compareGroupPorts(
  objects: Objects,
  service: ServiceFacts,
  {
    servers,
    group,
    hasMarks,
  }: {
    readonly servers: readonly ServerFacts[];
    readonly group: ServerGroupFacts;
    readonly hasMarks: boolean;
  },
): void {
  const direct = [...servers, ...(service.sorry === undefined ? [] : [service.sorry])].filter(
    (server) => server.forwarding !== 'NAT' && server.port !== 0,
  );
  for (const server of direct) {
    if (hasMarks) objects(server.line, 'port-ignored', 'a port has no effect with a fwmark');
    if (group.entries.some((entry) => entry.kind === 'address' && entry.port !== server.port))
      objects(server.line, 'port-mismatch', 'the port differs from that of the virtual server group');
  }
}
