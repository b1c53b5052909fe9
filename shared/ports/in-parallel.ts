/**
 * Do work for each input, so many at a time. After the first failure nothing new begins; what is
 * under way is waited for, so that nothing runs on when the caller has its answer.
 *
 * @returns in the order of the inputs
 * @throws whatever the first failure was
 */
export async function inParallel<Input, Output>(
  inputs: readonly Input[],
  limit: number,
  work: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs: Output[] = [];
  const failures: unknown[] = [];
  const rest = inputs.entries();
  const worker = async (): Promise<void> => {
    for (const [at, input] of rest) {
      try {
        outputs[at] = await work(input);
      } catch (cause) {
        failures.push(cause);
      }
      // A failure anywhere ends every worker: the inputs are shared.
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, inputs.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return outputs;
}
