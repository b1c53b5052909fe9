import { signalsReplacement } from "#shared/consensus/policy/find-conflicts.ts";
import {
  type MemberFacts,
  type PackageSums,
  type PoolGraph,
  type PoolMember,
  plus,
} from "#shared/consensus/policy/pool-graph.ts";
import type { PoolEntry } from "#shared/ports/mempool.ts";
import { amount, type HashHex } from "#shared/primitives/brand.ts";

/** A member as others see it. @param unbroadcast ids of those that no peer is known to have */
export function entryOf(
  member: PoolMember,
  graph: PoolGraph,
  unbroadcast: ReadonlySet<HashHex>,
): PoolEntry {
  const { ancestors, descendants, parents, children } = member;
  return {
    ...factsOf(member),
    ...sumsOf(ancestors, descendants),
    unbroadcast: unbroadcast.has(member.txid),
    parents: txidsOf(parents),
    children: txidsOf(children),
    replaceable: graph.withAncestors([member]).some(({ tx }) => signalsReplacement(tx)),
  };
}

/** A transaction as it would stand in the pool, which knows nothing of it. */
export function previewOf(facts: MemberFacts, graph: PoolGraph): PoolEntry {
  const own = { count: 1, size: facts.size, fees: facts.fee, sigopCost: facts.sigopCost };
  const parents = graph.parentsOf(facts.tx);
  const above = graph.withAncestors(parents);
  const ancestors = above.reduce(
    (sums, { size, fee, sigopCost }) => plus(sums, { count: 1, size, fees: fee, sigopCost }),
    own,
  );
  return {
    ...factsOf(facts),
    ...sumsOf(ancestors, own),
    unbroadcast: false,
    parents: txidsOf(parents),
    children: [],
    replaceable: [facts, ...above].some(({ tx }) => signalsReplacement(tx)),
  };
}

function factsOf({ txid, tx, fee, size, sigopCost, time, height }: MemberFacts) {
  return { txid, tx, fee: amount(fee), size, sigopCost, time, height };
}

function sumsOf(ancestors: PackageSums, descendants: PackageSums) {
  return {
    ancestorCount: ancestors.count,
    ancestorSize: ancestors.size,
    ancestorFees: amount(ancestors.fees),
    descendantCount: descendants.count,
    descendantSize: descendants.size,
    descendantFees: amount(descendants.fees),
  };
}

function txidsOf(members: Iterable<PoolMember>): HashHex[] {
  return [...members].map(({ txid }) => txid);
}
