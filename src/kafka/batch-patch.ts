/**
 * Makes a whole batch of one log ready for another: its header is written over, and its checksum corrected by what changed there rather
 * than computed anew. That costs the same whatever the batch's size, and a bit that flipped in its records since they were written is still
 * found by the broker that gets them: a new checksum would hide it.
 *
 * A CRC is linear: that of two messages of one length differ by the remainder of their difference, begun at 0. The difference here is 0
 * before the attributes and behind the base sequence. The zeros before have no part in it; those behind, as many as the batch has bytes
 * there, are stepped over by powers of two, each a table made of the one before.
 */
import { type BatchProducer, batchFlags, batchLayout, writeInt64 } from './record-batch.ts';

/** Castagnoli's polynomial, its lowest bit standing for the highest power, as in the checksum itself. */
const polynomial = 0x82f63b78;

/** Powers of two in the length of a batch, which has 31 bits. */
const powers = 31;

/** For each power of two: what so many bytes of 0 make of each byte of a remainder, 4 × 256 entries. */
const steps = zeroSteps();

const changedEnd = batchLayout.recordCount;
/** What lay where the producer is written, from its id up to the base sequence. */
const before = Buffer.alloc(changedEnd - batchLayout.producerId);

/**
 * Writes whose batch it is into its header, as for the beginning of a log that no broker leads yet: base offset 0, leader epoch -1.
 * Its checksum is right afterwards if it was right before.
 * @param batch one batch of format 2, and nothing else; written over.
 */
export function patchProducer(batch: Buffer, { id, epoch, sequence }: BatchProducer, transactional: boolean): void {
  // Both stand before what the checksum covers.
  writeInt64(batch, 0, batchLayout.baseOffset);
  batch.writeInt32BE(-1, batchLayout.leaderEpoch);

  const attributes = batch.readUInt16BE(batchLayout.attributes);
  const newAttributes = transactional ? attributes | batchFlags.transactional : attributes & ~batchFlags.transactional;
  let remainder = 0;
  if (newAttributes !== attributes) {
    batch.writeUInt16BE(newAttributes, batchLayout.attributes);
    // The flag is in the second byte of the two.
    remainder = afterZeros(
      afterByte(0, newAttributes ^ attributes),
      batchLayout.producerId - batchLayout.lastOffsetDelta,
    );
  }
  batch.copy(before, 0, batchLayout.producerId, changedEnd);
  writeInt64(batch, id, batchLayout.producerId);
  batch.writeInt16BE(epoch, batchLayout.producerEpoch);
  batch.writeInt32BE(sequence, batchLayout.baseSequence);
  for (let at = 0; at < before.length; at++)
    remainder = afterByte(remainder, (before[at] as number) ^ (batch[batchLayout.producerId + at] as number));

  const correction = afterZeros(remainder, batch.length - changedEnd);
  batch.writeUInt32BE((batch.readUInt32BE(batchLayout.crc) ^ correction) >>> 0, batchLayout.crc);
}

/** The first 256 entries of all are those of a single byte. */
function afterByte(remainder: number, byte: number): number {
  return (steps[(remainder ^ byte) & 0xff] as number) ^ (remainder >>> 8);
}

function afterZeros(remainder: number, bytes: number): number {
  let result = remainder;
  for (let power = 0, rest = bytes; rest > 0; power++, rest >>>= 1) if (rest & 1) result = step(steps, power, result);
  return result;
}

function step(tables: Int32Array, power: number, remainder: number): number {
  const table = power << 10;
  return (
    (tables[table | (remainder & 0xff)] as number) ^
    (tables[table | 0x100 | ((remainder >>> 8) & 0xff)] as number) ^
    (tables[table | 0x200 | ((remainder >>> 16) & 0xff)] as number) ^
    (tables[table | 0x300 | (remainder >>> 24)] as number)
  );
}

function zeroSteps(): Int32Array {
  const tables = new Int32Array(powers << 10);
  for (let entry = 0; entry < 0x400; entry++) {
    let remainder = (entry & 0xff) << (8 * (entry >>> 8));
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0);
    tables[entry] = remainder;
  }
  for (let entry = 0x400; entry < tables.length; entry++) {
    // So many zeros twice.
    const half = (entry >>> 10) - 1;
    tables[entry] = step(tables, half, tables[(half << 10) | (entry & 0x3ff)] as number);
  }
  return tables;
}
