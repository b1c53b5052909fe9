import { Writer } from "#shared/codec/writer.ts";
import type { Block } from "#shared/primitives/block.ts";
import type { HashedTransaction } from "#shared/primitives/transaction.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";

/** The canonical bytes of a block, fresh. @source exos-l1.md 2.4 */
export function encodeBlock(
  block: Pick<Block, "header" | "transactions" | "signature">,
  wire: Pick<WireFormat, "blockSignature">,
): Uint8Array {
  const writer = new Writer(1024).bytes(block.header.bytes);
  writer.list(block.transactions, writeRaw);
  if (wire.blockSignature) writer.byteString(block.signature);
  return writer.finish();
}

const writeRaw = (tx: HashedTransaction, writer: Writer) => writer.bytes(tx.raw);
