import { range } from "./words.ts";

type Element = "u8" | "i16" | "u32" | "u64";

/**
 * An AssemblyScript source in the making: tables first, then functions in the order of their calls.
 * Expressions are text; what is computed once is given a name by the `FunctionWriter`.
 */
export class SourceWriter {
  readonly #lines: string[] = [];
  readonly #vectors = new Map<string, number>();

  /** A table in the module's memory; its name is its address, divisible by 16. */
  table(name: string, element: Element, values: readonly (number | bigint)[]): void {
    const bits = Number(element.slice(1));
    const texts = values.map((value) =>
      element === "i16" ? `${value}` : `0x${BigInt.asUintN(bits, BigInt(value)).toString(16)}`,
    );
    this.line(`const ${name}: usize = memory.data<${element}>([${texts.join(", ")}], 16);`);
  }

  /** Zeroed bytes in the module's memory; the name is their address, divisible by 16. */
  zeros(name: string, size: number): void {
    this.line(`const ${name}: usize = memory.data(${size}, 16);`);
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** An exported function without a result, from its name and parameters: `"f(a: usize)"`. */
  function(signature: string, body: (writer: FunctionWriter) => void): void {
    const writer = new FunctionWriter(this.#vectors);
    body(writer);
    this.line(`export function ${signature}: void {`);
    for (const text of writer.lines()) this.line(`  ${text}`);
    this.line("}");
  }

  text(): string {
    const vectors = [...this.#vectors.keys()].join(", ");
    const table = `const VECTORS: usize = memory.data<u8>([${vectors}], 16);`;
    return [...(vectors === "" ? [] : [table]), ...this.#lines, ""].join("\n");
  }
}

/** The body of one function. Everything that it is given or gives back is an expression. */
export class FunctionWriter {
  readonly #lines: string[] = [];
  readonly #sharedVectors: Map<string, number>;
  readonly #vectors = new Map<number, string>();
  #locals = 0;

  constructor(sharedVectors: Map<string, number>) {
    this.#sharedVectors = sharedVectors;
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** Compute now, under a name. */
  u32(expression: string): string {
    return this.#local("u32", expression);
  }

  u64(expression: string): string {
    return this.#local("u64", expression);
  }

  v128(expression: string): string {
    return this.#local("v128", expression);
  }

  usize(expression: string): string {
    return this.#local("usize", expression);
  }

  /** Variables, to be assigned in loops. */
  variables(type: string, names: readonly string[], values: readonly string[]): void {
    names.forEach((name, index) => {
      this.line(`let ${name}: ${type} = ${values[index]};`);
    });
  }

  assign(names: readonly string[], values: readonly string[]): void {
    names.forEach((name, index) => {
      this.line(`${name} = ${values[index]};`);
    });
  }

  block(head: string, body: () => void): void {
    this.line(`${head} {`);
    body();
    this.line("}");
  }

  /** `address` is an expression, `offset` a number that becomes part of the instruction. */
  store(type: "u32" | "u64" | "v128", address: string, value: string, offset: number): void {
    const store = type === "v128" ? "v128.store" : `store<${type}>`;
    this.line(`${store}(${address}, ${value}, ${offset});`);
  }

  /**
   * A vector of sixteen constant bytes. V8 builds a `v128.const` anew at every use, in four
   * instructions; so constants lie in memory and are loaded once, at the head of the function
   * (SIMD went from 0.64 to 0.42 µs).
   */
  constant(bytes: readonly number[]): string {
    const key = bytes.map((byte) => byte & 255).join(", ");
    const index = this.#sharedVectors.get(key) ?? this.#sharedVectors.size;
    this.#sharedVectors.set(key, index);
    const name = `constant${index}`;
    this.#vectors.set(index, name);
    return name;
  }

  /** Sixteen times one byte, eight times 16 bits, or four times 32. */
  repeated(bits: 8 | 16 | 32, value: number): string {
    const size = bits / 8;
    return this.constant(range(16).map((index) => value >> (8 * (index % size))));
  }

  lines(): string[] {
    const loads = [...this.#vectors].map(
      ([index, name]) => `const ${name} = v128.load(VECTORS, ${16 * index});`,
    );
    return [...loads, ...this.#lines];
  }

  #local(type: string, expression: string): string {
    const name = `t${this.#locals++}`;
    this.line(`const ${name}: ${type} = ${expression};`);
    return name;
  }
}
