import { roleOutput } from "#regions/access-names.ts";

/** The stack that says who may deploy by a pipeline. Every method throws when the world failed. */
export interface AccessPorts {
  /** Synthesise it out of this tree, and deploy it, to the end. */
  deploy(): Promise<void>;
  /** To the end, with every role in it. */
  remove(): Promise<void>;
  /** What it prints, which is a role at least; nothing before it was deployed. */
  outputs(): Promise<Readonly<Record<string, string>>>;
}

/** Who may deploy now. */
export type AccessOutcome =
  | { readonly state: "deployed"; readonly roles: readonly WaveRole[] }
  /** Nobody is named any more, and nobody is trusted any more. */
  | { readonly state: "removed" }
  /** Nobody is named, and nobody was. */
  | { readonly state: "nobody" };

/** The role of a wave, by its ARN. */
export interface WaveRole {
  readonly wave: number;
  readonly role: string | undefined;
}

/** Make an account trust whoever is named, and nobody else: an entry that is gone takes its roles along. */
export async function deployAccess(
  { isNamed, waves }: { readonly isNamed: boolean; readonly waves: readonly number[] },
  ports: AccessPorts,
): Promise<AccessOutcome> {
  if (isNamed) {
    await ports.deploy();
    const outputs = await ports.outputs();
    const roles = waves.map((wave) => ({ wave, role: outputs[roleOutput(wave)] }));
    return { state: "deployed", roles };
  }
  if (Object.keys(await ports.outputs()).length === 0) return { state: "nobody" };
  await ports.remove();
  return { state: "removed" };
}
