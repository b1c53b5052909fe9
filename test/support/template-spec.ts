import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";
import type { Resource } from "./synthesised-fleet.ts";

/** The parts of the specification's types that are followed; everything else is taken as it is. */
interface SpecType {
  readonly type: string;
  readonly reference?: { readonly $ref: string };
  readonly element?: SpecType;
  readonly types?: readonly SpecType[];
}

type SpecProperties = Readonly<
  Record<string, { readonly type: SpecType; readonly required?: boolean }>
>;

/** Judges resources by Amazon's own specification of CloudFormation. */
export interface TemplateSpec {
  /** A sentence for each type, property or missing property, by the path to it. */
  faultsOf(id: string, resource: Resource): string[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `Ref`, `Fn::…`: what it will be is known at deployment only. */
function isIntrinsic(value: unknown): boolean {
  return isObject(value) && Object.keys(value).some((key) => key === "Ref" || /^Fn::/.test(key));
}

/** Reads the specification, which takes seconds. */
export function openTemplateSpec(): TemplateSpec {
  const db = loadAwsServiceSpecSync();

  function faultsOfProperties(
    path: string,
    value: Readonly<Record<string, unknown>>,
    properties: SpecProperties,
  ): string[] {
    const missing = Object.entries(properties)
      .filter(([name, { required }]) => required === true && value[name] === undefined)
      .map(([name]) => `${path} lacks ${name}`);
    const faults = Object.entries(value).flatMap(([name, part]) => {
      const property = properties[name];
      if (property === undefined) return [`${path} has no ${name}`];
      return faultsOfValue(`${path}.${name}`, part, property.type);
    });
    return [...missing, ...faults];
  }

  function faultsOfValue(path: string, value: unknown, type: SpecType): string[] {
    if (isIntrinsic(value)) return [];
    if (type.type === "union") {
      const readings = (type.types ?? []).map((each) => faultsOfValue(path, value, each));
      return readings.some((faults) => faults.length === 0) ? [] : (readings[0] ?? []);
    }
    if (type.type === "array" && type.element !== undefined) {
      if (!Array.isArray(value)) return [`${path} is no list`];
      const { element } = type;
      return value.flatMap((part, at) => faultsOfValue(`${path}[${at}]`, part, element));
    }
    if (type.type === "ref" && type.reference !== undefined) {
      if (!isObject(value)) return [`${path} is no object`];
      const definition = db.get("typeDefinition", type.reference.$ref);
      return faultsOfProperties(path, value, definition.properties as SpecProperties);
    }
    if (type.type === "integer" && !Number.isInteger(Number(value)))
      return [`${path} is no number`];
    return [];
  }

  return {
    faultsOf(id, { Type, Properties = {} }) {
      const [found] = db.lookup("resource", "cloudFormationType", "equals", Type);
      if (found === undefined) return [`${id}: there is no ${Type}`];
      return faultsOfProperties(`${id} ${Type}`, Properties, found.properties as SpecProperties);
    },
  };
}
