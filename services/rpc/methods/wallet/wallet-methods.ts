import type { Method } from "#services/rpc/json-rpc/method.ts";
import { backupWallet } from "#services/rpc/methods/wallet/backup-wallet.ts";
import { createRawTransaction } from "#services/rpc/methods/wallet/create-raw-transaction.ts";
import { createWallet } from "#services/rpc/methods/wallet/create-wallet.ts";
import { encryptWallet } from "#services/rpc/methods/wallet/encrypt-wallet.ts";
import { fundRawTransaction } from "#services/rpc/methods/wallet/fund-raw-transaction.ts";
import { getAddressInfo } from "#services/rpc/methods/wallet/get-address-info.ts";
import { getBalance } from "#services/rpc/methods/wallet/get-balance.ts";
import { getBalances } from "#services/rpc/methods/wallet/get-balances.ts";
import { getNewAddress } from "#services/rpc/methods/wallet/get-new-address.ts";
import { getRawChangeAddress } from "#services/rpc/methods/wallet/get-raw-change-address.ts";
import { getTransaction } from "#services/rpc/methods/wallet/get-transaction.ts";
import { getWalletInfo } from "#services/rpc/methods/wallet/get-wallet-info.ts";
import { listLockUnspent } from "#services/rpc/methods/wallet/list-lock-unspent.ts";
import { listTransactions } from "#services/rpc/methods/wallet/list-transactions.ts";
import { listUnspent } from "#services/rpc/methods/wallet/list-unspent.ts";
import { listWallets } from "#services/rpc/methods/wallet/list-wallets.ts";
import { loadWallet } from "#services/rpc/methods/wallet/load-wallet.ts";
import { lockUnspent } from "#services/rpc/methods/wallet/lock-unspent.ts";
import { sendMany } from "#services/rpc/methods/wallet/send-many.ts";
import { sendToAddress } from "#services/rpc/methods/wallet/send-to-address.ts";
import { setTxFee } from "#services/rpc/methods/wallet/set-tx-fee.ts";
import { signRawTransactionWithKey } from "#services/rpc/methods/wallet/sign-raw-transaction-with-key.ts";
import { signRawTransactionWithWallet } from "#services/rpc/methods/wallet/sign-raw-transaction-with-wallet.ts";
import { splitCoins } from "#services/rpc/methods/wallet/split-coins.ts";
import { unloadWallet } from "#services/rpc/methods/wallet/unload-wallet.ts";
import { walletLock } from "#services/rpc/methods/wallet/wallet-lock.ts";
import { walletPassphrase } from "#services/rpc/methods/wallet/wallet-passphrase.ts";
import { walletPassphraseChange } from "#services/rpc/methods/wallet/wallet-passphrase-change.ts";

/** Methods of the wallets of one's own node. @source interfaces.md 2, rows `W` */
export const WALLET_METHODS: readonly Method[] = [
  createWallet,
  loadWallet,
  unloadWallet,
  listWallets,
  getWalletInfo,
  backupWallet,
  encryptWallet,
  walletPassphrase,
  walletPassphraseChange,
  walletLock,
  getBalance,
  getBalances,
  getNewAddress,
  getRawChangeAddress,
  getAddressInfo,
  listUnspent,
  listTransactions,
  getTransaction,
  lockUnspent,
  listLockUnspent,
  sendToAddress,
  sendMany,
  splitCoins,
  setTxFee,
  createRawTransaction,
  fundRawTransaction,
  signRawTransactionWithWallet,
  signRawTransactionWithKey,
];
