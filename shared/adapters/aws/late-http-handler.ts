import { NodeHttpHandler, type NodeHttpHandlerOptions } from "@smithy/node-http-handler";

type Update = Parameters<NodeHttpHandler["updateHttpClientConfig"]>;

/**
 * The SDK's own handler of requests, made for the first of them: its agents load what Node knows of
 * TLS, 20 ms of a start. Whatever a client has it told before is told to it then.
 */
export class LateHttpHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  readonly #options: NodeHttpHandlerOptions;
  readonly #updates: Update[] = [];
  #made: NodeHttpHandler | undefined;

  constructor(options: NodeHttpHandlerOptions) {
    this.#options = options;
  }

  handle(...asked: Parameters<NodeHttpHandler["handle"]>): ReturnType<NodeHttpHandler["handle"]> {
    if (this.#made === undefined) {
      this.#made = new NodeHttpHandler(this.#options);
      for (const update of this.#updates) this.#made.updateHttpClientConfig(...update);
    }
    return this.#made.handle(...asked);
  }

  updateHttpClientConfig(...update: Update): void {
    if (this.#made === undefined) this.#updates.push(update);
    else this.#made.updateHttpClientConfig(...update);
  }

  httpHandlerConfigs(): NodeHttpHandlerOptions {
    return this.#made?.httpHandlerConfigs() ?? {};
  }

  destroy(): void {
    this.#made?.destroy();
  }
}
