// Whether the interfaces an instance depends on exist and carry traffic. It does not say what that does to VRRP.
import type { Instance, Link } from '../cluster/model.ts';
import { type Facets, hostOf } from './members.ts';

export interface DownLink {
  readonly instance: Instance;
  readonly link: Link;
  /** The interface VRRP runs on, or one it merely tracks. */
  readonly role: 'own' | 'tracked';
}

/** `operstate` UNKNOWN is what drivers without carrier detection say of a working link (RFC 2863 §3.1.14). */
export const isDown = (link: Link): boolean =>
  link.up === 'no' ||
  link.carrier === 'no' ||
  link.operState === 'DOWN' ||
  link.operState === 'LOWERLAYERDOWN';

export const downLinks = (facets: Facets<'hosts' | 'instances'>): readonly DownLink[] =>
  facets.instances.flatMap((instance) => {
    const host = hostOf(facets.hosts, instance.node);
    if (host === undefined || host.links.kind === 'unknown') return [];
    const links = host.links.value;
    const tracked = instance.configured.kind === 'known' ? instance.configured.value.trackedInterfaces : [];
    return [...new Set([instance.interface, ...tracked])].flatMap((name): readonly DownLink[] => {
      const link = links.find((candidate) => candidate.name === name);
      return link === undefined || !isDown(link)
        ? []
        : [{ instance, link, role: name === instance.interface ? 'own' : 'tracked' }];
    });
  });
