const INPUT_CHARACTERS =
  "0123456789()[],'/*abcdefgh@:$%{}" +
  "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~" +
  'ijklmnopqrstuvwxyzABCDEFGH`#"\\ ';
const CHECKSUM_CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn];

function mix(state: bigint, value: number): bigint {
  const top = state >> 35n;
  let next = ((state & 0x7_ffff_ffffn) << 5n) ^ BigInt(value);
  GENERATOR.forEach((term, bit) => {
    if (((top >> BigInt(bit)) & 1n) === 1n) next ^= term;
  });
  return next;
}

/** An output descriptor with its checksum. @source BIP380 */
export function withChecksum(descriptor: string): string {
  let state = 1n;
  let group = 0;
  let pending = 0;
  for (const character of descriptor) {
    const place = INPUT_CHARACTERS.indexOf(character);
    state = mix(state, place & 31);
    group = group * 3 + (place >> 5);
    pending++;
    if (pending === 3) {
      state = mix(state, group);
      group = 0;
      pending = 0;
    }
  }
  if (pending > 0) state = mix(state, group);
  for (let round = 0; round < 8; round++) state = mix(state, 0);
  state ^= 1n;
  let checksum = "";
  for (let place = 7; place >= 0; place--) {
    checksum += CHECKSUM_CHARACTERS[Number((state >> BigInt(5 * place)) & 31n)] ?? "";
  }
  return `${descriptor}#${checksum}`;
}
