import { hash } from "node:crypto";
import type { StatementSync } from "node:sqlite";
import { type Compilable, type Selectable, sql } from "kysely";
import type {
  AddressIndexWriter,
  BlockRow,
  BlockToIndex,
  SeedCoin,
} from "#shared/ports/address-index.ts";
import {
  type FactSource,
  factsOf,
  listedUnder,
  type SpentFact,
  type TransactionFacts,
} from "#shared/ports/block-facts.ts";
import type { Hash256, HashHex } from "#shared/primitives/brand.ts";
import { fromHashHex } from "#shared/primitives/hash.ts";
import type { Outpoint } from "#shared/primitives/transaction.ts";
import type { WireFormat } from "#shared/primitives/wire-format.ts";
import { ownerScript } from "#shared/script/owner-script.ts";
import { blockRowOf, INDEX_TABLES, type IndexSchema, KINDS, storedHash } from "./index-schema.ts";
import type { SqliteHandle } from "./sqlite-database.ts";

type StoredBlock = Selectable<IndexSchema["block"]>;

/** Ids that are kept at hand, of owners and of transactions; forgotten all at once. */
const KNOWN_IDS_MAX = 100_000;

/** The owner's key in the index. @returns `undefined` for the empty script */
export function ownerKeyOf(script: Uint8Array): Uint8Array | undefined {
  if (script.length === 0) return undefined;
  return Uint8Array.from(hash("sha256", ownerScript(script), "buffer"));
}

const NOTHING = new Uint8Array(0);

const ENTRY = {
  owner: 0,
  height: 0,
  position: 0,
  block: 0,
  tx: 0,
  kind: 0,
  received: 0,
  sent: 0,
};

function preparer(db: SqliteHandle<IndexSchema>["db"]) {
  return (query: Compilable): StatementSync => {
    const statement = db.prepare(query.compile().sql);
    statement.setReadBigInts(true);
    return statement;
  };
}

/** Every statement of the writer, compiled once; values are given in the order of the columns. */
function statements({ db, kysely }: SqliteHandle<IndexSchema>) {
  const prepare = preparer(db);
  const block = {
    hash: NOTHING,
    parent: 0,
    active: 0,
    height: 0,
    time: 0,
    stake: 0,
    transactions: 0,
    inputs: 0,
    outputs: 0,
    size: 0,
    fees: 0,
    reward: 0,
    maker_script: NOTHING,
    transactions_sum: 0,
    coins_sum: 0,
    supply: 0,
    unspendable_sum: 0,
  };
  const output = { tx: 0, n: 0, value: 0, owner: 0, staker: 0, script: NOTHING };
  const spend = { tx: 0, n: 0, block: 0, by_tx: 0, by_input: 0 };
  return {
    blockByHash: prepare(kysely.selectFrom("block").selectAll().where("hash", "=", NOTHING)),
    blockById: prepare(kysely.selectFrom("block").selectAll().where("id", "=", 0n)),
    ownerByKey: prepare(kysely.selectFrom("owner").select("id").where("key", "=", NOTHING)),
    txByTxid: prepare(kysely.selectFrom("tx").select("id").where("txid", "=", NOTHING)),
    outputOf: prepare(
      kysely
        .selectFrom("output")
        .select(["value", "owner", "staker"])
        .where("tx", "=", 0n)
        .where("n", "=", 0n),
    ),
    addBlock: prepare(kysely.insertInto("block").values(block)),
    addOwner: prepare(kysely.insertInto("owner").values({ key: NOTHING })),
    addTx: prepare(kysely.insertInto("tx").values({ txid: NOTHING, time: 0, kind: 0 })),
    addPlace: prepare(kysely.insertInto("place").values({ tx: 0, block: 0, position: 0 })),
    addOutput: prepare(kysely.insertInto("output").values(output)),
    addSpend: prepare(kysely.insertInto("spend").values(spend)),
    addEntry: prepare(kysely.insertInto("entry").values(ENTRY)),
    deactivate: prepare(
      kysely
        .updateTable("block")
        .set({ active: 0 })
        .where("active", "=", 1n)
        .where("height", ">", 0n),
    ),
    activate: prepare(kysely.updateTable("block").set({ active: 1 }).where("id", "=", 0n)),
  };
}

/** Those that write the coins of a first block. */
function seedStatements({ db, kysely }: SqliteHandle<IndexSchema>) {
  const prepare = preparer(db);
  return {
    addOrigin: prepare(
      kysely
        .insertInto("origin")
        .values({ tx: 0, height: 0 })
        .onConflict((conflict) => conflict.doNothing()),
    ),
    addSeed: prepare(
      kysely
        .insertInto("entry")
        .values(ENTRY)
        .onConflict((conflict) =>
          conflict
            .columns(["owner", "height", "position", "block"])
            .doUpdateSet({ received: sql`received + excluded.received` }),
        ),
    ),
    firstBlock: prepare(kysely.selectFrom("block").selectAll()),
  };
}

/** Ids by text, for what is asked for again and again. */
class KnownIds {
  readonly #ids = new Map<string, number>();

  /** @param find called when the id is not at hand */
  of(key: Uint8Array, find: () => number | undefined): number | undefined {
    const text = Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const found = find();
    if (found !== undefined) {
      if (this.#ids.size >= KNOWN_IDS_MAX) this.#ids.clear();
      this.#ids.set(text, found);
    }
    return found;
  }

  clear(): void {
    this.#ids.clear();
  }
}

const idOf = (row: unknown): number | undefined => {
  // Rows of the queries that select an id alone.
  const found = row as { readonly id: bigint } | undefined;
  return found === undefined ? undefined : Number(found.id);
};

/** Writes facts; whoever calls it holds a transaction. */
class FactWriter {
  readonly #run: ReturnType<typeof statements> & ReturnType<typeof seedStatements>;
  readonly #source: FactSource<number>;
  readonly #owners = new KnownIds();
  readonly #txids = new KnownIds();

  constructor(handle: SqliteHandle<IndexSchema>, wire: WireFormat) {
    this.#run = { ...statements(handle), ...seedStatements(handle) };
    this.#source = {
      wire,
      ownerOf: (script) => this.#ownerOf(script),
      spent: (outpoint) => this.#spent(outpoint),
    };
  }

  /** Ids given in a transaction that failed are free again. */
  forget(): void {
    this.#owners.clear();
    this.#txids.clear();
  }

  find(hash: HashHex): StoredBlock | undefined {
    // A row of `blockByHash`.
    return this.#run.blockByHash.get(fromHashHex(hash)) as StoredBlock | undefined;
  }

  add(block: BlockToIndex): void {
    if (this.find(block.hash) !== undefined) return;
    // The parent's hash follows the version in every header.
    const parent = this.find(storedHash(block.bytes.subarray(4, 36)));
    const parentRow = parent === undefined ? undefined : blockRowOf(parent);
    const facts = factsOf(block, parentRow, this.#source);
    const id = this.#addBlock(facts.row, parent?.id ?? null);
    for (const transaction of facts.transactions) this.#addTransaction(transaction, block, id);
  }

  begin(base: BlockRow): void {
    this.#addBlock(base, null);
  }

  seed(coins: readonly SeedCoin[]): void {
    // The row that `begin` has written: there is no other yet.
    const base = this.#run.firstBlock.get() as StoredBlock | undefined;
    if (base === undefined) throw new RangeError("coins were seeded before their block");
    for (const coin of coins) this.#addSeed(coin, base);
  }

  follow(hash: HashHex): void {
    const branch: StoredBlock[] = [];
    let at = this.find(hash);
    if (at === undefined) throw new RangeError(`followed a block never added: ${hash}`);
    while (at !== undefined && at.active === 0n) {
      branch.push(at);
      // A row of `blockById`.
      at = this.#run.blockById.get(at.parent) as StoredBlock | undefined;
    }
    this.#run.deactivate.run(0, 1, at?.height ?? -1);
    for (const block of branch) this.#run.activate.run(1, block.id);
  }

  #addSeed(coin: SeedCoin, base: StoredBlock): void {
    const { addTx, addOrigin, addOutput, addSeed } = this.#run;
    const kind = KINDS.indexOf(coin.kind);
    const tx =
      this.#findTx(coin.txid) ?? Number(addTx.run(coin.txid, coin.time, kind).lastInsertRowid);
    addOrigin.run(tx, coin.height);
    const { owner, staker } = listedUnder(coin.scriptPubKey, this.#source);
    const { index, value, scriptPubKey } = coin;
    addOutput.run(tx, index, value, owner ?? null, staker ?? null, scriptPubKey);
    for (const listed of [owner, staker]) {
      if (listed === undefined) continue;
      // No block has given it a position: its number tells it from the others.
      addSeed.run(listed, base.height, tx, base.id, tx, kind, value, 0);
    }
  }

  #findTx(txid: Hash256): number | undefined {
    return this.#txids.of(txid, () => idOf(this.#run.txByTxid.get(txid)));
  }

  #ownerOf(script: Uint8Array): number | undefined {
    const { ownerByKey, addOwner } = this.#run;
    if (script.length === 0) return undefined;
    return this.#owners.of(script, () => {
      const key = ownerKeyOf(script) ?? NOTHING;
      return idOf(ownerByKey.get(key)) ?? Number(addOwner.run(key).lastInsertRowid);
    });
  }

  #spent({ txid, index }: Outpoint): SpentFact<number> | undefined {
    const tx = this.#findTx(txid);
    if (tx === undefined) return undefined;
    // A row of `outputOf`.
    const row = this.#run.outputOf.get(tx, index) as
      | { readonly value: bigint; readonly owner: bigint | null; readonly staker: bigint | null }
      | undefined;
    if (row === undefined) return undefined;
    const { value, owner, staker } = row;
    const id = (stored: bigint | null) => (stored === null ? undefined : Number(stored));
    return { value, owner: id(owner), staker: id(staker) };
  }

  #addBlock(row: BlockRow, parent: bigint | null): number {
    const { lastInsertRowid } = this.#run.addBlock.run(
      ...[fromHashHex(row.hash), parent, 0, row.height, row.time],
      ...[row.proofKind === "stake" ? 1 : 0, row.transactions, row.inputs, row.outputs, row.size],
      ...[row.fees, row.reward, row.makerScript, row.transactionsSum, row.coinsSum],
      ...[row.supply, row.unspendableSum],
    );
    return Number(lastInsertRowid);
  }

  #addTransaction(facts: TransactionFacts<number>, block: BlockToIndex, blockId: number): void {
    const { position, kind, spends, flows } = facts;
    const { addPlace, addSpend, addEntry } = this.#run;
    const tx = this.#txId(facts);
    addPlace.run(tx, blockId, position);
    for (const [input, { txid, index }] of spends.entries()) {
      // `factsOf` has found the output that is spent, so its transaction is there.
      addSpend.run(this.#findTx(txid) ?? 0, index, blockId, tx, input);
    }
    const kindId = KINDS.indexOf(kind);
    for (const { owner, received, sent } of flows) {
      addEntry.run(owner, block.height, position, blockId, tx, kindId, received, sent);
    }
  }

  /** The transaction with its outputs, written at its first occurrence. */
  #txId({ tx, kind, outputs }: TransactionFacts<number>): number {
    const known = this.#findTx(tx.txid);
    if (known !== undefined) return known;
    const { addTx, addOutput } = this.#run;
    const id = Number(addTx.run(tx.txid, tx.time, KINDS.indexOf(kind)).lastInsertRowid);
    this.#txids.of(tx.txid, () => id);
    for (const [n, { value, owner, staker, scriptPubKey }] of outputs.entries()) {
      addOutput.run(id, n, value, owner ?? null, staker ?? null, scriptPubKey);
    }
    return id;
  }
}

/** The follower's side of the index. One call is one transaction, so none is ever half done. */
export function createIndexWriter(
  handle: SqliteHandle<IndexSchema>,
  wire: WireFormat,
): AddressIndexWriter {
  const { db } = handle;
  const facts = new FactWriter(handle, wire);

  function inOneTransaction(change: () => void): void {
    db.exec("begin immediate");
    try {
      change();
      db.exec("commit");
    } catch (cause) {
      if (db.isTransaction) db.exec("rollback");
      facts.forget();
      throw cause;
    }
  }

  function clear(): void {
    for (const table of INDEX_TABLES) db.exec(`delete from ${table}`);
    facts.forget();
  }

  return {
    async begin(base) {
      inOneTransaction(() => {
        clear();
        facts.begin(base);
      });
    },
    async seed(coins) {
      inOneTransaction(() => facts.seed(coins));
    },
    async add(blocks) {
      inOneTransaction(() => {
        for (const block of blocks) facts.add(block);
      });
    },
    async follow(hash) {
      inOneTransaction(() => facts.follow(hash));
    },
    async clear() {
      inOneTransaction(clear);
    },
  };
}
