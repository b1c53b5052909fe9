import { describe, expect, it } from "vitest";
import { createKeystoreDesk } from "#shared/adapters/embedded/keystore-desk.ts";
import { createKeystoreSigner } from "#shared/adapters/embedded/keystore-signer.ts";
import {
  type KeystoreThread,
  type StartKeystoreThread,
  startInline,
  startKeystoreThread,
} from "#shared/adapters/embedded/keystore-thread.ts";
import { createManualClock } from "#shared/adapters/embedded/manual-clock.ts";
import { createMemorySigner } from "#shared/adapters/embedded/memory-signer.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { masterOf } from "#shared/wallet/extended-key.ts";
import type { SigningRequest } from "#shared/wallet/signing.ts";
import { KNOWN_MASTER } from "../support/wallet-vectors.ts";
import { type OpenedSigner, signerContract } from "./signer.contract.ts";

const NOW = unixSeconds(1_600_000_000);
const PASSWORD = "pässword";
/** Derives what the words derive, but without stretching them. */
const KNOWN_KEY = masterOf(
  KNOWN_MASTER.privateKey,
  KNOWN_MASTER.chainCode,
  "regtest",
).privateExtendedKey;

describe("memory signer", () => {
  signerContract(async () => {
    const clock = createManualClock(NOW);
    const signer = createMemorySigner({
      secret: KNOWN_MASTER,
      scheme: "exos-105",
      password: PASSWORD,
      network: exosRegtest,
      clock,
    });
    return { signer, password: PASSWORD, clock };
  });
});

async function keystoreSigner(start: StartKeystoreThread): Promise<OpenedSigner> {
  const clock = createManualClock(NOW);
  const value = keystoreOf(KNOWN_KEY);
  const read = async () => ({ ok: true, value }) as const;
  const signer = createKeystoreSigner({ network: exosRegtest, clock, start, read });
  return { signer, password: PASSWORD, clock };
}

describe("keystore signer in the calling thread", () => {
  signerContract(() => keystoreSigner(startInline));

  it("answers who unlocks, locks and signs all at once, and ends as asked last", async () => {
    const { signer, password } = await keystoreSigner(startInline);
    await using _ = signer;
    const options = { stakingOnly: false, seconds: undefined };
    const [wrong, right] = await Promise.all([
      signer.unlock("wrong", options),
      signer.unlock(password, options),
    ]);
    expect([wrong.ok, right.ok]).toEqual([false, true]);
    expect(signer.status()).toEqual({ state: "unlocked" });
    const again = signer.unlock(password, options);
    const locking = signer.lock();
    await Promise.all([again, locking]);
    await signer.lock();
    expect(signer.status()).toEqual({ state: "locked" });
    expect(await signer.accountKey(0)).toMatchObject({ error: { code: "EXOS-E5001" } });
  });
});

describe("keystore signer in a thread", () => {
  it("signs there, and ends it when it is locked", async () => {
    const started: KeystoreThread[] = [];
    const start: StartKeystoreThread = (network, died) => {
      const thread = startKeystoreThread(network, died);
      started.push(thread);
      return thread;
    };
    const { signer, password } = await keystoreSigner(start);
    await using _ = signer;
    const options = { stakingOnly: true, seconds: undefined };
    expect(await signer.unlock("wrong", options)).toMatchObject({ error: { code: "EXOS-E5002" } });
    expect(await signer.unlock(password, options)).toMatchObject({ ok: true });
    expect(await signer.accountKey(0)).toMatchObject({ ok: true });
    const pending = signer.accountKey(1);
    await signer.lock();
    await Promise.allSettled([pending]);
    expect(started).toHaveLength(2);
    await expect(started[1]?.ask("accountKey", { account: 0 })).rejects.toMatchObject({
      name: "StoreFault",
      retryable: true,
    });
  });

  it("is locked when its thread dies, says so to who waits, and quotes nothing", async () => {
    const dying: (() => void)[] = [];
    const start: StartKeystoreThread = (network, died) => {
      dying.push(() => died?.());
      return startInline(network);
    };
    const { signer, password } = await keystoreSigner(start);
    await using _ = signer;
    await signer.unlock(password, { stakingOnly: true, seconds: 5 });
    dying[0]?.();
    dying[0]?.();
    expect(signer.status()).toEqual({ state: "locked" });
    expect(await signer.accountKey(0)).toMatchObject({ error: { code: "EXOS-E5001" } });
    await signer.unlock(password, { stakingOnly: true, seconds: 5 });
    expect(dying).toHaveLength(2);

    await using thread = startKeystoreThread(exosRegtest);
    const secret = "abandon ".repeat(12);
    const bad = { raw: secret, inputs: [], feeMax: 0n } as unknown as SigningRequest;
    const keystore = keystoreOf(KNOWN_KEY);
    await thread.ask("unlock", { file: keystore, password: PASSWORD, stakingOnly: false });
    const failed = await thread.ask("signTransaction", { request: bad }).catch((cause) => cause);
    expect(failed).toMatchObject({
      name: "StoreFault",
      message: expect.stringContaining("failed"),
    });
    expect(String(failed.stack) + String(failed.cause)).not.toContain("abandon");
  });
});

function keystoreOf(text: string): string {
  const made = createKeystoreDesk(exosRegtest).create({
    source: { kind: "text", text },
    scheme: undefined,
    password: PASSWORD,
    createdAt: NOW,
    cost: { name: "argon2id", m: 8, t: 1, p: 1 },
  });
  if (!made.ok) throw new RangeError(made.error.message);
  return made.value;
}
