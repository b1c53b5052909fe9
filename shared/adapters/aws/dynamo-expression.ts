import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/**
 * An expression in DynamoDB's words. Every name in it is written `#name` and every value `:name`;
 * the placeholders of names are made here, so no reserved word is ever in the way.
 */
export interface DynamoExpression {
  /** Such as `#rev = :rev`. */
  readonly text: string;
  /** By placeholder, without the colon. */
  readonly values?: Readonly<Record<string, AttributeValue>>;
}

interface Placeholders {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** The placeholders of all expressions of one request. */
export function placeholdersOf(
  ...expressions: readonly (DynamoExpression | undefined)[]
): Placeholders {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  for (const expression of expressions) {
    for (const [placeholder] of expression?.text.matchAll(/#\w+/g) ?? []) {
      names[placeholder] = placeholder.slice(1);
    }
    for (const [name, value] of Object.entries(expression?.values ?? {})) {
      values[`:${name}`] = value;
    }
  }
  return {
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}
