import type { WalletDeps } from "#services/wallet/deps.ts";
import type { LedgerView } from "#services/wallet/ledger.ts";
import type { WatchList } from "#services/wallet/watch-list.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import type { HistoryEntry } from "#shared/ports/address-index.ts";
import type { WalletStore } from "#shared/ports/wallet-store.ts";
import type { EntryCategory, WalletEntry, WalletTransaction } from "#shared/ports/wallets.ts";
import { type Amount, amount, type HashHex, type UnixSeconds } from "#shared/primitives/brand.ts";
import type { CoinKind } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { toHex } from "#shared/primitives/hex.ts";
import type { HashedTransaction, Outpoint, TxOutput } from "#shared/primitives/transaction.ts";
import { addressOfScript, printAddress } from "#shared/script/address.ts";
import { ownerScript } from "#shared/script/owner-script.ts";

/** What a transaction is described from. */
export interface TransactionSource {
  readonly deps: Pick<WalletDeps, "network" | "index" | "blocks" | "pool">;
  readonly watch: WatchList;
  readonly store: Pick<WalletStore, "labels" | "note">;
}

type Spent = Pick<TxOutput, "value" | "scriptPubKey">;

/** Where a transaction was found. */
interface Found {
  readonly tx: HashedTransaction;
  readonly kind: CoinKind;
  readonly place: HistoryEntry | undefined;
  readonly seen: UnixSeconds;
  readonly replaceable: boolean;
}

/** @returns `undefined` for a transaction that is not of the wallet, or whose block is not here */
export async function describeTransaction(
  txid: HashHex,
  view: LedgerView,
  source: TransactionSource,
): Promise<WalletTransaction | undefined> {
  const found = (await inPool(txid, view)) ?? (await inChain(txid, view, source));
  if (found === undefined) return undefined;
  const spent = await Promise.all(
    found.kind === "coinbase"
      ? []
      : found.tx.inputs.map(({ prevout }) => readSpent(prevout, source)),
  );
  const note = await source.store.note(txid);
  const flow = flowOf(found, spent, source.watch);
  const confirmations =
    found.place === undefined ? 0 : view.chain.at.height - found.place.height + 1;
  const entries = await entriesOf(found, { flow, confirmations }, source);
  return {
    tx: found.tx,
    txid,
    kind: found.kind,
    place: found.place,
    confirmations,
    value: amount(flow.received - flow.sent + (flow.fee ?? 0n)),
    fee: flow.fee,
    entries,
    replaceable: found.replaceable,
    seen: note?.seen ?? found.seen,
    comment: note?.comment === "" ? undefined : note?.comment,
    commentTo: note?.commentTo === "" ? undefined : note?.commentTo,
  };
}

async function inPool(txid: HashHex, { pool }: LedgerView): Promise<Found | undefined> {
  const waiting = pool.transactions.find((each) => each.txid === txid);
  if (waiting === undefined) return undefined;
  const { tx, entered: seen, replaceable } = waiting;
  return { tx, kind: "ordinary", place: undefined, seen, replaceable };
}

async function inChain(
  txid: HashHex,
  { chain }: LedgerView,
  { deps }: TransactionSource,
): Promise<Found | undefined> {
  const entry = chain.history.find((each) => each.txid === txid);
  const bytes = entry === undefined ? undefined : await deps.blocks.get(entry.hash);
  if (entry === undefined || bytes === undefined) return undefined;
  const decoded = decodeBlock(bytes, deps.network.consensus.wire);
  const tx = decoded.ok ? decoded.value.transactions[entry.position] : undefined;
  if (tx === undefined) return undefined;
  return { tx, kind: entry.kind, place: entry, seen: entry.blockTime, replaceable: false };
}

async function readSpent(
  outpoint: Outpoint,
  { deps }: TransactionSource,
): Promise<Spent | undefined> {
  const [output] = await deps.index.outputs([outpoint]);
  if (output !== undefined) return output;
  return (await deps.pool.get(toHashHex(outpoint.txid)))?.tx.outputs[outpoint.index];
}

/** What a transaction moves to and from the wallet. */
interface Flow {
  readonly received: bigint;
  readonly sent: bigint;
  /** Where every input is ours, and coins are not minted. */
  readonly fee: Amount | undefined;
}

function flowOf(
  { tx, kind }: Found,
  spent: readonly (Spent | undefined)[],
  watch: WatchList,
): Flow {
  const isOurs = (output: Spent | undefined): output is Spent =>
    output !== undefined && watch.ownership(output.scriptPubKey)?.role === "owner";
  const sum = (outputs: readonly Pick<Spent, "value">[]) =>
    outputs.reduce((total, { value }) => total + value, 0n);
  const own = spent.filter(isOurs);
  const received = sum(tx.outputs.filter(isOurs));
  const whole = kind === "ordinary" && own.length === spent.length;
  const fee = whole ? amount(sum(own) - sum(tx.outputs)) : undefined;
  return { received, sent: sum(own), fee };
}

/** @source Bitcoin Core wallet/receive.cpp CachedTxGetAmounts; rpc/transactions.cpp ListTransactions */
async function entriesOf(
  { tx, kind }: Found,
  { flow, confirmations }: { readonly flow: Flow; readonly confirmations: number },
  { deps, watch, store }: TransactionSource,
): Promise<WalletEntry[]> {
  const labels = await store.labels();
  const { addresses, consensus } = deps.network;
  const received: EntryCategory =
    kind === "ordinary"
      ? "receive"
      : confirmations <= consensus.maturityBlocks
        ? "immature"
        : "generate";
  const rows = tx.outputs.flatMap((output, index): WalletEntry[] => {
    const { value, scriptPubKey } = output;
    const owner = watch.ownership(scriptPubKey);
    const ours = owner?.role === "owner";
    const paid = addressOfScript(ownerScript(scriptPubKey));
    const address = paid === undefined ? undefined : printAddress(paid, addresses);
    const label = owner === undefined ? undefined : labels.get(toHex(owner.watched.scriptPubKey));
    const row = { address, output: index, label: ours ? (label ?? "") : label };
    const isInternal = owner?.watched.list.branch === "internal";
    const change = ours && isInternal && kind === "ordinary";
    const isSent = kind === "ordinary" && flow.sent > 0n && !change;
    return [
      ...(isSent ? [{ ...row, category: "send" as const, value: amount(-value) }] : []),
      ...(ours && !(change && flow.sent > 0n) ? [{ ...row, category: received, value }] : []),
    ];
  });
  return kind === "coinstake" ? stakeEntry(rows, flow) : rows;
}

/** A coinstake gives back what it spends: one line says what was won. */
function stakeEntry([first]: readonly WalletEntry[], { received, sent }: Flow): WalletEntry[] {
  return first === undefined ? [] : [{ ...first, value: amount(received - sent) }];
}
