import type { Clock } from "#shared/ports/clock.ts";
import type { Metrics } from "#shared/ports/metrics.ts";

/** Which calls of which store are measured, and what with. */
export interface StoreMeasure<Store> {
  /** Value of the label `store`. */
  readonly name: string;
  /** Methods that answer with a promise. The others cost what they always did. */
  readonly operations: readonly (keyof Store & string)[];
  readonly metrics: Pick<Metrics, "observe">;
  readonly clock: Pick<Clock, "elapsedMs">;
}

type Call = (...parameters: unknown[]) => unknown;

/** The same store, some of whose calls tell how long they took. @source interfaces.md 7.3 */
export function measureStore<Store extends object>(
  store: Store,
  { name, operations, metrics, clock }: StoreMeasure<Store>,
): Store {
  const bound = new Map<PropertyKey, { readonly of: unknown; readonly method: Call }>();
  const measured = new Set<PropertyKey>(operations);

  function bind(key: PropertyKey, method: Call): Call {
    // A store may be a class with private members, which a proxy has none of.
    if (!measured.has(key)) return (...parameters) => Reflect.apply(method, store, parameters);
    const labels = { store: name, op: String(key) };
    return (...parameters) => {
      const startedMs = clock.elapsedMs();
      const answer = Reflect.apply(method, store, parameters);
      const done = () =>
        metrics.observe("exos_store_op_seconds", (clock.elapsedMs() - startedMs) / 1_000, labels);
      if (answer instanceof Promise) answer.then(done, done);
      return answer;
    };
  }

  return new Proxy(store, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      const known = bound.get(key);
      if (known?.of === member) return known.method;
      // What is a function takes arguments and answers; the store's own type says which.
      const method = bind(key, member as Call);
      bound.set(key, { of: member, method });
      return method;
    },
  });
}
