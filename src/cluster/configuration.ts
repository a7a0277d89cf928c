// What a node's keepalived is configured with, from the files it showed. Passwords are fingerprints already when
// they come here; the ones in the model are compared with those on the wire and never shown.
import { configFiles } from '../evidence/config-files.ts';
import { buildConfig, type KeepalivedConfig } from '../keepalived/config-model.ts';
import { parseConfig } from '../keepalived/config-tree.ts';
import type { InstanceConfig } from '../keepalived/instance-config.ts';
import type { Setting } from '../keepalived/settings.ts';
import type { KeepalivedVersion } from '../keepalived/version.ts';
import type { ConfiguredAuth, ConfiguredInstance } from './model.ts';

export interface ShownConfiguration {
  readonly path: string;
  /** Text by path, secrets replaced. */
  readonly files: ReadonlyMap<string, string>;
  /** `-i`, else the short node name. */
  readonly configId?: string;
  readonly version?: KeepalivedVersion;
}

/** Evidence is redacted before it is read, so a clear password here is a defect of redaction: it is hidden, not compared. */
const notRedacted = (): string => 'not-redacted';

export const readConfiguration = (shown: ShownConfiguration): KeepalivedConfig => {
  const sources = configFiles(shown.files);
  const tree = parseConfig({
    path: shown.path,
    read: sources.read,
    glob: sources.glob,
    ...(shown.configId === undefined ? {} : { configId: shown.configId }),
    ...(shown.version === undefined ? {} : { version: shown.version }),
  });
  return buildConfig(tree, { fingerprint: notRedacted });
};

const at = (setting: Setting<unknown> | undefined): { file: string; line: number } | undefined =>
  setting?.source === undefined ? undefined : { file: setting.source.file, line: setting.source.line };

const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]: V });

const authOf = (instance: InstanceConfig): ConfiguredAuth => {
  if (instance.authHmac !== undefined) return { type: 'hmac' };
  const type = instance.authType.value;
  const where = instance.authPass?.source ?? instance.authType.source;
  return {
    type,
    ...(type !== 'none' && instance.authPass !== undefined
      ? { fingerprint: instance.authPass.fingerprint }
      : {}),
    ...(where === undefined ? {} : { file: where.file, line: where.line }),
  };
};

export const summarizeInstance = (instance: InstanceConfig): ConfiguredInstance => ({
  file: instance.source.file,
  line: instance.source.line,
  initialState: instance.state.origin === 'default' ? 'unset' : instance.state.value,
  version: instance.version.value,
  priority: instance.priority.value,
  ...optional('priorityAt', at(instance.priority)),
  ...optional('vrid', instance.vrid?.value),
  ...optional('vridAt', at(instance.vrid)),
  advertIntervalMs: instance.advertIntervalMs.value,
  ...optional('advertIntervalAt', at(instance.advertIntervalMs)),
  auth: authOf(instance),
  vips: instance.vips.map((vip) => vip.cidr),
  ...optional('vipsAt', instance.vips[0]?.source),
  excludedVips: instance.excludedVips.map((vip) => vip.cidr),
  ...optional('unicastSource', instance.mode === 'unicast' ? instance.sourceAddress?.value : undefined),
  unicastPeers: instance.unicastPeers.map((peer) => peer.address),
  ...optional('unicastPeersAt', instance.unicastPeers[0]?.source),
  mode: instance.mode,
  multicastGroup: instance.multicastGroup?.value ?? (instance.family === 'ipv4' ? '224.0.0.18' : 'ff02::12'),
  nopreempt: instance.preempt.value === 'off',
  downTimerAdverts: instance.downTimerAdverts.value,
  useVmac: instance.macInterface !== undefined,
  trackedInterfaces: instance.tracks.filter((track) => track.kind === 'interface').map((track) => track.name),
});
