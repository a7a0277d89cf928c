// What is told of adverts beyond their fields: how far the sender's clock in an auth_hmac trailer is from the host's.
import { expect, test } from 'vitest';
import type { Sighting } from '../../src/cluster/sightings.ts';
import { streamsOf } from '../../src/cluster/streams.ts';
import type { Packet } from '../../src/wire/packet.ts';
import type { AdvertAuth } from '../../src/wire/vrrp.ts';

const atMs = 1_795_200_000_000;

const sighting = (auth: AdvertAuth, afterMs = 0): Sighting => ({
  heardAt: 'n2',
  direction: 'in',
  interfaces: ['eth1'],
  atNs: BigInt(atMs + afterMs) * 1_000_000n,
  packet: {
    link: { srcMac: '02:00:00:00:00:01' },
    ip: { version: 4, src: '10.77.0.11', dst: '224.0.0.18', ttl: 255 },
    content: {
      kind: 'vrrp',
      advert: {
        version: 3,
        type: 1,
        vrid: 101,
        priority: 100,
        intervalMs: 1000,
        addresses: ['10.77.0.5'],
        auth,
        checksum: { verdict: 'good', stored: 0 },
      },
    },
  } as unknown as Packet,
});

const signed = (seconds: number, fraction = 0, keyId = 1): AdvertAuth => ({
  kind: 'hmac',
  scheme: 1,
  keyId,
  sentAtSeconds: atMs / 1000 + seconds,
  sentAtFraction: fraction,
  counter: 0,
});

const heard = (...sightings: readonly Sighting[]) =>
  streamsOf(
    sightings,
    { nodeOfAddress: () => 'n1', nodeOfMac: () => undefined, unread: [] },
    () => 'tcpdump',
  ).map(({ hmac, count, quote }) => ({ hmac, count, quote: quote.quote }));

test('the advert furthest off counts, with the fraction of a second', () => {
  const [stream] = heard(sighting(signed(0, 0x8000)), sighting(signed(-9, 0x4000), 1000));
  expect(stream).toMatchObject({ count: 2, hmac: { keyId: 1, skewMs: -9750 } });
  expect(stream?.quote).toContain('HMAC key 1, clock -9.8 s off');
});

test('keys are told apart, and no trailer is none', () => {
  expect(
    heard(sighting(signed(0)), sighting(signed(0, 0, 2)), sighting({ kind: 'none' })).map(
      ({ hmac }) => hmac?.keyId,
    ),
  ).toEqual([1, 2, undefined]);
});
