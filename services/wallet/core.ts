import type { WalletDeps } from "#services/wallet/deps.ts";
import { type OpenWallet, openWallet } from "#services/wallet/open-wallet.ts";
import { planRestore } from "#services/wallet/plan-restore.ts";
import { oneAfterTheOther } from "#shared/ports/in-turn.ts";
import type { NewKeystore } from "#shared/ports/keystores.ts";
import type { Wallet, Wallets } from "#shared/ports/wallets.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";

/** Longest that a wallet is open only to learn its account keys, in seconds. */
const LEARN_SECONDS = 60;

/** The wallets of one node. Dispose of them to lock all. */
export function createWallets(deps: WalletDeps): Wallets & AsyncDisposable {
  const loaded = new Map<string, OpenWallet>();
  // Two that load one wallet at once would both open its keys, and one of them for ever.
  const inTurn = oneAfterTheOther();

  const load = async (name: string): Promise<Result<Wallet, Refusal>> => {
    if (loaded.has(name)) return refusal("EXOS-E5023", `Wallet "${name}" is already loaded.`);
    const card = await deps.keystores.read(name);
    if (!card.ok) return card;
    const signer = await deps.keystores.open(name);
    if (!signer.ok) return signer;
    const keystore = {
      card: card.value,
      signer: signer.value,
      importedKeys: (password: string) => deps.keystores.publicKeys(name, password),
    };
    try {
      const wallet = await openWallet(keystore, deps);
      loaded.set(name, wallet);
      return { ok: true, value: wallet };
    } catch (cause) {
      await signer.value[Symbol.asyncDispose]();
      throw cause;
    }
  };

  const unload = async (name: string): Promise<Result<undefined, Refusal>> => {
    const wallet = loaded.get(name);
    if (wallet === undefined) return refusal("EXOS-E5004", `Wallet "${name}" is not loaded.`);
    loaded.delete(name);
    await wallet[Symbol.asyncDispose]();
    return { ok: true, value: undefined };
  };

  const create = async (wallet: NewKeystore): Promise<Result<Wallet, Refusal>> => {
    const written = await deps.keystores.create(wallet);
    if (!written.ok) return written;
    const opened = await load(wallet.name);
    if (!opened.ok) return opened;
    const learning = { stakingOnly: false, seconds: LEARN_SECONDS };
    const learnt = await opened.value.unlock(wallet.password, learning);
    await opened.value.lock();
    return learnt.ok ? opened : learnt;
  };

  return {
    names: async () => (await deps.keystores.list()).map(({ name }) => name),
    loaded: () => [...loaded.values()],
    choose: (name) => choose(name, loaded),
    plan: (source) => planRestore(source, deps),
    create: (wallet) => inTurn(() => create(wallet)),
    load: (name) => inTurn(() => load(name)),
    unload: (name) => inTurn(() => unload(name)),
    backup: (name, path) => deps.keystores.backup(name, path),
    changePassword: (name, change) => deps.keystores.changePassword(name, change),
    async stakeCoins() {
      const open = [...loaded.values()].filter(({ signer }) => signer.status().state !== "locked");
      return (await Promise.all(open.map((wallet) => wallet.stakeCoins()))).flat();
    },
    signer: (name) => loaded.get(name)?.signer,
    async [Symbol.asyncDispose]() {
      await inTurn(async () => {
        for (const name of [...loaded.keys()]) await unload(name);
      });
    },
  };
}

/** @source Bitcoin Core wallet/rpc/util.cpp GetWalletForJSONRPCRequest */
function choose(
  name: string | undefined,
  loaded: ReadonlyMap<string, Wallet>,
): Result<Wallet, Refusal> {
  if (name !== undefined) {
    const wallet = loaded.get(name);
    if (wallet !== undefined) return { ok: true, value: wallet };
    return refusal("EXOS-E5004", "Requested wallet does not exist or is not loaded");
  }
  const [only, other] = [...loaded.values()];
  if (only === undefined) return refusal("EXOS-E5004", "No wallet is loaded.");
  if (other === undefined) return { ok: true, value: only };
  return refusal("EXOS-E5022", `${loaded.size} wallets are loaded: name one.`);
}
