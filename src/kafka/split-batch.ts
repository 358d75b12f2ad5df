/** A batch that is too large for its topic, as two. The layouts stand in record-batch.ts and values.ts. */
import { Scratch } from './buffer-pool.ts';
import { codecs, compress, decompress } from './compression.ts';
import { BatchView, batchFlags, batchLayout, sealBatch } from './record-batch.ts';
import { varintBytes, writeVarint } from './varint.ts';

/** Two batches of half the records each, in the same codec; undefined where there is one record only. */
export function splitBatch(batch: Buffer): readonly [Buffer, Buffer] | undefined {
  const view = new BatchView(batch);
  if (!view.next() || view.recordCount < 2) return undefined;
  const content = new Scratch();
  const codec = view.attributes & batchFlags.codec;
  const end = decompress(codec, batch.subarray(view.recordsStart, view.end), content, 0);
  const records = content.buffer.subarray(0, end);
  const half = view.recordCount >> 1;
  let middle = 0;
  for (let record = 0; record < half; record++) middle = new RecordStart(records, middle).end;
  const split = new RecordStart(records, middle).offsetDelta;
  const last = view.lastOffset - view.baseOffset;
  return [
    withHeader(view, records.subarray(0, middle), half, split - 1),
    withHeader(view, moved(records, middle, split), view.recordCount - half, last - split),
  ];
}

function withHeader(view: BatchView, records: Buffer, count: number, lastOffsetDelta: number): Buffer {
  const { attributes, baseTimestamp, maxTimestamp } = view;
  const codec = codecs[attributes & batchFlags.codec] ?? 'none';
  const batch = Buffer.concat([Buffer.alloc(batchLayout.records), compress(codec, records)]);
  sealBatch(batch, { attributes, records: count, lastOffsetDelta, baseTimestamp, maxTimestamp });
  return batch;
}

/** The records from `start` on, the first of which has this offset delta, as those of a batch that begins with them. */
function moved(records: Buffer, start: number, firstDelta: number): Buffer {
  // No delta grows, so no record does.
  const target = Buffer.allocUnsafe(records.length - start);
  let out = 0;
  for (let at = start; at < records.length; ) {
    const { bodyStart, deltaStart, deltaEnd, offsetDelta, end } = new RecordStart(records, at);
    const delta = 2 * (offsetDelta - firstDelta);
    const length = deltaStart - bodyStart + varintBytes(delta) + end - deltaEnd;
    out = writeVarint(target, out, 2 * length);
    out += records.copy(target, out, bodyStart, deltaStart);
    out = writeVarint(target, out, delta);
    out += records.copy(target, out, deltaEnd, end);
    at = end;
  }
  return target.subarray(0, out);
}

/** Where a record's first fields lie. Batches are divided so rarely that this may be an object. */
class RecordStart {
  readonly bodyStart: number;
  readonly deltaStart: number;
  readonly deltaEnd: number;
  readonly offsetDelta: number;
  readonly end: number;

  constructor(records: Buffer, start: number) {
    const length = readVarint(records, start);
    this.bodyStart = length.end;
    this.end = length.end + length.value / 2;
    // Attributes, and the timestamp's delta, which may have more than 32 bits.
    this.deltaStart = readVarint(records, length.end + 1).end;
    const delta = readVarint(records, this.deltaStart);
    this.deltaEnd = delta.end;
    this.offsetDelta = delta.value / 2;
  }
}

/** Zig-zag not undone. */
function readVarint(buffer: Buffer, start: number): { readonly value: number; readonly end: number } {
  let at = start;
  let value = 0;
  let scale = 1;
  for (; (buffer[at] as number) > 0x7f; scale *= 128) value += ((buffer[at++] as number) & 0x7f) * scale;
  return { value: value + (buffer[at] as number) * scale, end: at + 1 };
}
