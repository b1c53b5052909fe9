/**
 * Values that stand in no environment, template or log. Read when first used, and remembered by
 * whoever uses them for `SECRET_SECONDS` at most, so that a rotation needs no deployment.
 *
 * Implementations: `adapters/aws/ssm-secrets.ts`, `adapters/embedded/folder-secrets.ts`. Contract
 * suite: `test/ports/secrets.contract.ts`.
 */
export interface Secrets {
  /**
   * @param name without its path, such as `edge-key`
   * @returns `undefined` where there is no such secret
   * @throws StoreFault when it cannot be read
   */
  get(name: string): Promise<string | undefined>;
}

/** For how long a secret that was read may be used. @source cloud.md 9.3 */
export const SECRET_SECONDS = 300;
