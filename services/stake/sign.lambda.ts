import { answerSigning } from "#services/stake/answer-signing.ts";
import { composeAws } from "#services/stake/compose-aws.ts";

const deps = composeAws(process.env);

/** The task of the city has a template, or says so. */
export const handler = (event: unknown) => answerSigning(event, deps);
