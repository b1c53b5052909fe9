import type { EnvironmentName } from "./environment.ts";

/** Names of what an account knows of its deployers. */
export interface AccessNames {
  /** Of the stack. */
  readonly prefix: string;
  /** What no deployer may do, whatever his role grants. */
  readonly boundary: string;
  /** Role of whoever deploys a wave. */
  role(wave: number): string;
}

/** @source cloud.md 9.1 */
export function accessNames(environment: EnvironmentName): AccessNames {
  const deploy = `exos-${environment}-deploy`;
  return {
    prefix: `exos-${environment}-access`,
    boundary: `${deploy}-boundary`,
    role: (wave) => `${deploy}-wave-${wave}`,
  };
}

/** What the stack prints of each wave: the ARN of its role. */
export function roleOutput(wave: number): string {
  return `DeployRoleWave${wave}`;
}
