import type * as z from "zod";
import type { CallContext } from "#services/rpc/json-rpc/call-context.ts";
import { defineMethod, type Method } from "#services/rpc/json-rpc/method.ts";
import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import type { StakeParams } from "#shared/consensus/params.ts";
import type { Staking } from "#shared/ports/staking.ts";
import type { Result } from "#shared/primitives/result.ts";

type Answer = Result<unknown, RpcError>;

/** What a method about staking is given. */
export interface StakingContext extends CallContext {
  readonly stake: StakeParams;
}

interface Definition<Shape extends z.ZodRawShape, Context>
  extends Omit<Parameters<typeof defineMethod<Shape>>[0], "run"> {
  readonly run: (
    parameters: z.output<z.ZodObject<Shape>>,
    context: Context,
  ) => Answer | Promise<Answer>;
}

/** A method that only networks with proof of stake have. @source interfaces.md 2 */
export function defineStakeMethod<Shape extends z.ZodRawShape>(
  definition: Definition<Shape, StakingContext>,
): Method {
  const { run, ...rest } = definition;
  return defineMethod<Shape>({
    ...rest,
    run(parameters, context) {
      const { stake } = context.deps.network.consensus;
      if (stake === undefined) {
        return refuse(RPC_CODES.unknownMethod, "this network has no proof of stake");
      }
      return run(parameters, { ...context, stake });
    },
  });
}

/** A method that steers or asks the node's own staker. */
export function defineStakingMethod<Shape extends z.ZodRawShape>(
  definition: Omit<Definition<Shape, StakingContext & { readonly staking: Staking }>, "reach">,
): Method {
  const { run, ...rest } = definition;
  return defineStakeMethod<Shape>({
    ...rest,
    reach: "wallet",
    run(parameters, context) {
      const { staking } = context.deps;
      if (staking === undefined) return refuse(RPC_CODES.misc, "this node does not stake");
      return run(parameters, { ...context, staking });
    },
  });
}
