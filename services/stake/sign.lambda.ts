import { answerSigning } from "#services/stake/answer-signing.ts";
import { composeAws } from "#services/stake/compose-aws.ts";
import { traceInvocation } from "#shared/adapters/aws/trace-invocation.ts";

const deps = composeAws(process.env);

/** The task of the city has a template, or says so. */
export const handler = (event: unknown) =>
  traceInvocation({ name: "stake.sign", trigger: "other" }, { event, traces: deps.traces }, () =>
    answerSigning(event, deps),
  );
