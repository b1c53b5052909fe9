/** What the commands of the local cloud ask of the endpoint itself, beside what the CDK does. */
export interface CloudControl extends Disposable {
  /** Twelve digits. @throws StoreFault when nothing answers, or not as AWS does */
  account(): Promise<string>;
  /** @returns the mapping that starts a function */
  mappingOf(functionName: string): Promise<string>;
  /**
   * Receive what waits in a queue and give it back at once, as who fails to handle it does, until
   * nothing of it is left.
   *
   * @returns how often something was received
   */
  failToHandle(queueUrl: string): Promise<number>;
  /** Messages that wait in a queue. */
  waitingIn(queueUrl: string): Promise<number>;
  /** Delete all that waits in a queue. */
  empty(queueUrl: string): Promise<void>;
  /** Let a mapping start its function, or not; resolves once it is so. */
  setMapping(id: string, enabled: boolean): Promise<void>;
  /**
   * Start a function and wait for it.
   *
   * @param payload JSON-shaped
   * @throws StoreFault when the function failed
   */
  invoke(functionName: string, payload: unknown): Promise<void>;
  /**
   * Change variables of a function, whose processes begin anew with them.
   *
   * @returns all its variables as they were before
   */
  setVariables(
    functionName: string,
    variables: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>>;
  /** @param name of a parameter, which is kept encrypted */
  putSecret(name: string, value: string): Promise<void>;
  /** How long a message that was received stays hidden from others, when it is not deleted. */
  hideFor(queueUrl: string, seconds: number): Promise<void>;
  /** How many rules a security group has, inwards and outwards. */
  rulesOf(group: string): Promise<number>;
  /**
   * Types of resources that a deployment reported as made and did not make, by what the events of
   * the stacks say whose name begins with this.
   */
  fallbacks(prefix: string): Promise<readonly string[]>;
  /** Names of all there is whose name begins with this, by kind. */
  namesOf(prefix: string): Promise<Readonly<Record<CloudThing, readonly string[]>>>;
}

/** Kinds of what a city consists of that have names. */
export const CLOUD_THINGS = [
  "stacks",
  "tables",
  "queues",
  "topics",
  "buckets",
  "functions",
] as const;
export type CloudThing = (typeof CLOUD_THINGS)[number];
