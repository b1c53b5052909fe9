/** What a request was, by the name of its command, and its input. */
export type Asked = readonly [string, Readonly<Record<string, unknown>>];

type Answers = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>;

/**
 * A client of AWS that answers by the command's name, and notes what it was asked. A command that
 * nobody gave an answer for fails.
 */
export function cannedClient<Client>(answers: Answers) {
  const asked: Asked[] = [];
  const client = {
    async send(command: { readonly input: Readonly<Record<string, unknown>> }) {
      const name = command.constructor.name.replace(/Command$/, "");
      asked.push([name, command.input]);
      const answer = answers[name];
      if (answer === undefined) throw new RangeError(`no answer to ${name}`);
      return answer(command.input) ?? {};
    },
  };
  // Of the client's many overloads an adapter makes the few calls that are answered here.
  return { client: client as unknown as Pick<Client & { send: unknown }, "send"> & Client, asked };
}
