// In which cloud a machine runs, by what its firmware (DMI) and cloud-init say. It knows names, not what the network
// of each cloud does.

export type Cloud =
  | 'AWS'
  | 'Azure'
  | 'Google Cloud'
  | 'Oracle Cloud'
  | 'Alibaba Cloud'
  | 'DigitalOcean'
  | 'Hetzner Cloud'
  | 'OpenStack';

/** `cloud-id` of cloud-init, and sys_vendor with product_name as `dmidecode` prints them there. */
const clouds: readonly { readonly cloud: Cloud; readonly ids: readonly string[]; readonly dmi: RegExp }[] = [
  { cloud: 'AWS', ids: ['aws', 'ec2'], dmi: /Amazon EC2/ },
  { cloud: 'Google Cloud', ids: ['gce'], dmi: /^Google\b|Google Compute Engine/ },
  { cloud: 'Azure', ids: ['azure'], dmi: /^$/ },
  { cloud: 'Oracle Cloud', ids: ['oracle'], dmi: /OracleCloud/i },
  { cloud: 'Alibaba Cloud', ids: ['aliyun'], dmi: /Alibaba Cloud/ },
  { cloud: 'DigitalOcean', ids: ['digitalocean'], dmi: /DigitalOcean/ },
  { cloud: 'Hetzner Cloud', ids: ['hetzner'], dmi: /^Hetzner\b.*vServer/ },
  { cloud: 'OpenStack', ids: ['openstack'], dmi: /OpenStack/ },
];

/** Azure is Hyper-V by its DMI; only this chassis asset tag tells it (Microsoft, “Azure instance metadata”). */
const azureChassisTag = '7783-7084-3265-9085-8269-3286-77';

export interface CloudSigns {
  readonly hardware: string;
  readonly chassisTag: string;
  readonly cloudId: string;
}

export const cloudOf = ({ hardware, chassisTag, cloudId }: CloudSigns): Cloud | undefined => {
  if (chassisTag === azureChassisTag) return 'Azure';
  // A tag of OpenStack’s own is there on hosters that change vendor and product.
  if (/OpenStack/i.test(chassisTag)) return 'OpenStack';
  return clouds.find(({ ids, dmi }) => ids.includes(cloudId) || (hardware !== '' && dmi.test(hardware)))
    ?.cloud;
};
