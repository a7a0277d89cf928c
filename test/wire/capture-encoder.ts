/**
 * Writes pcap and pcapng in both byte orders for the tests of the readers. Knows the formats from their
 * specifications; shares nothing with the readers.
 */

export type Order = 'little' | 'big';

export function pack(order: Order, fields: readonly (readonly [2 | 4 | 8, number | bigint])[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, Number(value), order === 'little');
    else if (size === 4) view.setUint32(at, Number(value), order === 'little');
    else view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), order === 'little');
    at += size;
  }
  return bytes;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function pcapFile(
  order: Order,
  magic: number,
  linkType: number,
  records: readonly Uint8Array[],
): Uint8Array {
  const header = pack(order, [
    [4, magic],
    [2, 2],
    [2, 4],
    [4, 0],
    [4, 0],
    [4, 65535],
    [4, linkType],
  ]);
  return join(header, ...records);
}

export function pcapRecord(
  order: Order,
  seconds: number,
  fraction: number,
  data: Uint8Array,
  wireLength = data.length,
): Uint8Array {
  return join(
    pack(order, [
      [4, seconds],
      [4, fraction],
      [4, data.length],
      [4, wireLength],
    ]),
    data,
  );
}

export function block(order: Order, type: number, body: Uint8Array): Uint8Array {
  const padded = join(body, new Uint8Array((4 - (body.length % 4)) % 4));
  const length = padded.length + 12;
  return join(
    pack(order, [
      [4, type],
      [4, length],
    ]),
    padded,
    pack(order, [[4, length]]),
  );
}

export function sectionHeader(order: Order): Uint8Array {
  return block(
    order,
    0x0a0d0d0a,
    pack(order, [
      [4, 0x1a2b3c4d],
      [2, 1],
      [2, 0],
      [8, -1n],
    ]),
  );
}

export function option(order: Order, code: number, value: Uint8Array): Uint8Array {
  const padding = new Uint8Array((4 - (value.length % 4)) % 4);
  return join(
    pack(order, [
      [2, code],
      [2, value.length],
    ]),
    value,
    padding,
  );
}

export function interfaceBlock(
  order: Order,
  linkType: number,
  options: readonly Uint8Array[] = [],
  snapLength = 0,
): Uint8Array {
  return block(
    order,
    1,
    join(
      pack(order, [
        [2, linkType],
        [2, 0],
        [4, snapLength],
      ]),
      ...options,
      pack(order, [[4, 0]]),
    ),
  );
}

export function enhancedPacket(
  order: Order,
  interfaceId: number,
  ticks: bigint,
  data: Uint8Array,
): Uint8Array {
  const head = pack(order, [
    [4, interfaceId],
    [4, ticks >> 32n],
    [4, ticks & 0xffffffffn],
    [4, data.length],
    [4, data.length + 1],
  ]);
  return block(order, 6, join(head, data));
}

export function obsoletePacket(
  order: Order,
  interfaceId: number,
  ticks: bigint,
  data: Uint8Array,
): Uint8Array {
  const head = pack(order, [
    [2, interfaceId],
    [2, 0],
    [4, ticks >> 32n],
    [4, ticks & 0xffffffffn],
    [4, data.length],
    [4, data.length],
  ]);
  return block(order, 2, join(head, data));
}

export function simplePacket(order: Order, wireLength: number, data: Uint8Array): Uint8Array {
  return block(order, 3, join(pack(order, [[4, wireLength]]), data));
}
