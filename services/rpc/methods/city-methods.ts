import type { Method } from "#services/rpc/json-rpc/method.ts";
import { PUBLIC_METHODS } from "#services/rpc/methods/public-methods.ts";

/** What a node answers its operator alone. A city knows these names, and carries nothing of them. */
const OF_ONES_OWN = [
  "getpeerinfo",
  "addnode",
  "disconnectnode",
  "getaddednodeinfo",
  "getnettotals",
  "ping",
  "setban",
  "listbanned",
  "clearbanned",
  "getrpcinfo",
  "stop",
  "generate",
  "generatetoaddress",
  "setmocktime",
  "invalidateblock",
  "reconsiderblock",
  "createwallet",
  "loadwallet",
  "unloadwallet",
  "listwallets",
  "getwalletinfo",
  "backupwallet",
  "encryptwallet",
  "walletpassphrase",
  "walletpassphrasechange",
  "walletlock",
  "getbalance",
  "getbalances",
  "getnewaddress",
  "getrawchangeaddress",
  "getaddressinfo",
  "listunspent",
  "listtransactions",
  "gettransaction",
  "lockunspent",
  "listlockunspent",
  "sendtoaddress",
  "sendmany",
  "splitcoins",
  "settxfee",
  "createrawtransaction",
  "fundrawtransaction",
  "signrawtransactionwithwallet",
  "signrawtransactionwithkey",
  "getstakinginfo",
  "startstaking",
  "stopstaking",
  "reservebalance",
  "checkkernel",
] as const;

/** A method that the server refuses in a city by its name, whatever comes with it. */
function refused(name: string): Method {
  const call = () => Promise.reject(new RangeError(`a city ran ${name}`));
  const usage = () => name;
  return { name, reach: "local", inCity: false, cost: 1, description: "", usage, call };
}

/** Every method as a city has it: nothing of wallets, peers and engines of signatures is loaded. */
export const CITY_METHODS: readonly Method[] = [...PUBLIC_METHODS, ...OF_ONES_OWN.map(refused)];
