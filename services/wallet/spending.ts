import type { WalletDeps } from "#services/wallet/deps.ts";
import type { LedgerView, OwnCoin } from "#services/wallet/ledger.ts";
import type { WatchList } from "#services/wallet/watch-list.ts";
import { decodeTransaction } from "#shared/codec/decode-transaction.ts";
import type { InTurn } from "#shared/ports/in-turn.ts";
import type { Signer } from "#shared/ports/signer.ts";
import type { WalletStore } from "#shared/ports/wallet-store.ts";
import type {
  KnownOutput,
  PaymentDraft,
  PaymentNote,
  SignedTransaction,
  WalletSpending,
} from "#shared/ports/wallets.ts";
import { type Amount, amount, type HashHex } from "#shared/primitives/brand.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import { outpointKey } from "#shared/primitives/outpoint-key.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import type { Outpoint, Transaction, TxOutput } from "#shared/primitives/transaction.ts";
import { FEE_MAX, FEE_RATE } from "#shared/wallet/fee-rules.ts";
import type { PaymentPlan } from "#shared/wallet/payment.ts";
import { planPayment } from "#shared/wallet/plan-payment.ts";
import type { SigningInput } from "#shared/wallet/signing.ts";

/** What a wallet pays with. */
export interface SpendingSource {
  readonly deps: Pick<WalletDeps, "network" | "index" | "pool" | "clock" | "entropy">;
  readonly signer: Signer;
  readonly watch: WatchList;
  readonly store: Pick<WalletStore, "setNote">;
  readonly ledger: () => Promise<LedgerView>;
  /** Script of the next internal address, which stays the next one. */
  readonly nextChange: () => Promise<Result<Uint8Array, Refusal>>;
  /** Payments run one after the other, or two would choose the same coins. */
  readonly inTurn: InTurn;
}

/** Funding, signing and sending of one wallet. */
export function createSpending(source: SpendingSource): WalletSpending {
  let rate: Amount | undefined;
  const feeRate = (): Amount => rate ?? FEE_RATE;

  const fund = async (draft: PaymentDraft): Promise<Result<PaymentPlan, Refusal>> => {
    const coins = coinsFor(draft, (await source.ledger()).coins);
    if (!coins.ok) return coins;
    const change = await changeOf(draft, source);
    if (!change.ok) return change;
    const { deps } = source;
    const { inputs, confirmationsMin: _, changePlace, ...request } = draft;
    // Nobody may tell the change by its place.
    const [byte = 0] = deps.entropy.bytes(1);
    return planPayment(
      {
        ...request,
        feeRate: draft.feeRate ?? feeRate(),
        coins: coins.value,
        changeScript: change.value,
        changePlace: changePlace ?? byte % (draft.payments.length + 1),
        spendAll: inputs !== undefined,
        now: deps.clock.now(),
      },
      deps.network.consensus,
    );
  };

  return {
    feeRate,
    setFeeRate(wanted) {
      rate = wanted === undefined ? undefined : amount(wanted);
    },
    fund,
    sign: (raw, known = []) => signOwn(raw, known, source),
    send: (draft, note = {}) =>
      source.inTurn(async () => {
        for (let attempt = 1; ; attempt++) {
          const funded = await fund(draft);
          if (!funded.ok) return funded;
          const signed = await source.signer.signTransaction(funded.value.signing);
          const sent = signed.ok ? await hand(signed.value, note, source) : signed;
          if (sent.ok || attempt >= ATTEMPTS_MAX || !isSpentMeanwhile(sent.error)) return sent;
        }
      }),
  };
}

/** A coin may win a block, or be paid out elsewhere, between the choice and the pool. */
const ATTEMPTS_MAX = 3;
const SPENT_CODES: ReadonlySet<unknown> = new Set([
  "bad-txns-inputs-spent",
  "bad-txns-inputs-missing",
  "txn-mempool-conflict",
]);

function isSpentMeanwhile({ code, fields }: Refusal): boolean {
  return code === "EXOS-E5021" && SPENT_CODES.has(fields["code"]);
}

async function changeOf(
  { changeScript }: PaymentDraft,
  { nextChange }: SpendingSource,
): Promise<Result<Uint8Array, Refusal>> {
  return changeScript === undefined ? nextChange() : { ok: true, value: changeScript };
}

/** Coins that a payment may choose from, or exactly those that it names. */
function coinsFor(draft: PaymentDraft, coins: readonly OwnCoin[]): Result<OwnCoin[], Refusal> {
  const { inputs, confirmationsMin = 0 } = draft;
  if (inputs === undefined) {
    const usable = coins.filter(
      ({ immature, trusted, locked, confirmations }) =>
        !immature && trusted && !locked && confirmations >= confirmationsMin,
    );
    return { ok: true, value: usable };
  }
  const byName = new Map(coins.map((coin) => [outpointKey(coin.outpoint), coin]));
  const named: OwnCoin[] = [];
  for (const outpoint of inputs) {
    const coin = byName.get(outpointKey(outpoint));
    if (coin === undefined) return refusal("EXOS-E5020", `${nameOf(outpoint)} is no coin of ours.`);
    named.push(coin);
  }
  return { ok: true, value: named };
}

export function nameOf({ txid, index }: Outpoint): string {
  return `${toHashHex(txid)}:${index}`;
}

async function signOwn(
  raw: Uint8Array,
  known: readonly KnownOutput[],
  { deps, signer, watch }: SpendingSource,
): Promise<Result<SignedTransaction, Refusal>> {
  const decoded = decodeTransaction(raw, deps.network.consensus.wire);
  if (!decoded.ok) return refusal("EXOS-E4004", "The hex text is no transaction.");
  const told = new Map(known.map((output) => [outpointKey(output), output]));
  const spent = await Promise.all(
    decoded.value.inputs.map(
      async ({ prevout }) => (await readOutput(prevout, deps)) ?? told.get(outpointKey(prevout)),
    ),
  );
  const inputs = spent.map((output) => signingInput(output, watch));
  const missing = inputs.flatMap((input, index) => (input === undefined ? [index] : []));
  if (missing.length > 0) return { ok: true, value: { raw, missing } };
  const own = inputs.filter((input) => input !== undefined);
  const signed = await signer.signTransaction({ raw, inputs: own, feeMax: feeMaxOf(own, decoded) });
  return signed.ok ? { ok: true, value: { raw: signed.value, missing } } : signed;
}

/** Whoever hands in a whole transaction has chosen its fee; the pool's own ceiling still holds. */
function feeMaxOf(
  inputs: readonly SigningInput[],
  { value: { outputs } }: { readonly value: Pick<Transaction, "outputs"> },
): Amount {
  const sum = (values: readonly { readonly value: bigint }[]) =>
    values.reduce((total, { value }) => total + value, 0n);
  const fee = sum(inputs) - sum(outputs);
  return fee > FEE_MAX ? amount(fee) : FEE_MAX;
}

function signingInput(
  output: Pick<TxOutput, "value" | "scriptPubKey"> | undefined,
  watch: WatchList,
): SigningInput | undefined {
  const owner = output === undefined ? undefined : watch.ownership(output.scriptPubKey);
  if (output === undefined || owner?.role !== "owner") return undefined;
  const { value, scriptPubKey } = output;
  return { value, scriptPubKey, key: owner.watched.key };
}

async function readOutput(
  outpoint: Outpoint,
  { index, pool }: Pick<WalletDeps, "index" | "pool">,
): Promise<Pick<TxOutput, "value" | "scriptPubKey"> | undefined> {
  const [output] = await index.outputs([outpoint]);
  if (output !== undefined) return output;
  return (await pool.get(toHashHex(outpoint.txid)))?.tx.outputs[outpoint.index];
}

/** Hand a signed payment to the pool, which announces it. */
async function hand(
  raw: Uint8Array,
  { comment = "", commentTo = "" }: PaymentNote,
  { deps, store }: SpendingSource,
): Promise<Result<HashHex, Refusal>> {
  const verdict = await deps.pool.accept(raw, { source: "local" });
  if (verdict.state === "undecodable") {
    throw new RangeError(`a payment of our own does not decode: ${verdict.reason}`);
  }
  const { txid } = verdict;
  if (verdict.state === "accepted") {
    await store.setNote(txid, { seen: deps.clock.now(), comment, commentTo });
    return { ok: true, value: txid };
  }
  const { code } = verdict.error;
  return refusal("EXOS-E5021", `The pool refuses the payment: ${code}`, { code });
}
