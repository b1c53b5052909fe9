import type { CheckpointRow } from "#shared/consensus/networks/checkpoint-table.ts";

/** Heights, hashes and stake modifiers of the chain that is replayed. @source StratisMain.cs; networks.md */
export const STRATIS_CHECKPOINTS: readonly CheckpointRow[] = [
  [
    0,
    "0000066e91e46e5a264d42c89e1204963b2ee6be230b443e9159020539d972af",
    "0000000000000000000000000000000000000000000000000000000000000000",
  ],
  [
    2,
    "bca5936f638181e74a5f1e9999c95b0ce77da48c2688399e72bcc53a00c61eff",
    "7d61c139a471821caa6b7635a4636e90afcfe5e195040aecbc1ad7d24924db1e",
  ],
  [
    50,
    "0353b43f4ce80bf24578e7c0141d90d7962fb3a4b4b4e5a17925ca95e943b816",
    "7c2af3b10d13f9d2bc6063baaf7f0860d90d870c994378144f9bf85d0d555061",
  ],
  [
    100,
    "688468a8aa48cd1c2197e42e7d8acd42760b7e2ac4bcab9d18ac149a673e16f6",
    "cf2b1e9e76aaa3d96f255783eb2d907bf6ccb9c1deeb3617149278f0e4a1ab1b",
  ],
  [
    150,
    "e4ae9663519abec15e28f68bdb2cb89a739aee22f53d1573048d69141db6ee5d",
    "a6c17173e958dc716cc0892ce33dad8bc327963d78a16c436264ceae43d584ce",
  ],
  [
    2_000,
    "7902db2766bb6a5a1c5b9624afc733ab2ffff5875b867d87c3b74821290aaca2",
    "0b0b48c5ad4557b973f7c9e9e7d4fcc828c7c084e6d31b359c07c6810d24d922",
  ],
  [
    4_000,
    "383c951dcd8250d42141a2341dbcb449d59f87cc3b1b60d0e34765b8ebc25f41",
    "9270895f93216d4dac1cfca1fbf5d4b3c468b719d37f9c2dbc4fe887e41fd55b",
  ],
];
