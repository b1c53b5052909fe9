/**
 * The service that runs the replay of a city which began with a snapshot, and starts it again when it
 * is killed. Usually it runs nothing.
 *
 * Implementation: `adapters/aws/ecs-replay-task.ts`. Every method throws StoreFault when the world
 * failed.
 *
 * @source cloud.md 5.4 "Trust"
 */
export interface ReplayTask {
  /** @returns `undefined` where the city has no such service */
  isWanted(): Promise<boolean | undefined>;
  /** Run it from now on, or no more; as it is already is no failure. */
  want(isWanted: boolean): Promise<void>;
}
