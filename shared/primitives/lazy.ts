/**
 * A value that is made when somebody asks for it first, and kept. What `make` throws is not kept, nor
 * is a promise once it is rejected.
 */
export function lazy<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    if (made !== undefined) return made.value;
    const kept = { value: make() };
    made = kept;
    // Whoever asked is told; whoever asks next has it tried again.
    if (kept.value instanceof Promise) {
      kept.value.catch(() => {
        made = undefined;
      });
    }
    return kept.value;
  };
}
