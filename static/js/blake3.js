// BLAKE3 as its paper says, for files of any size: the server knows every document by this hash, and browsers have no such
// function of their own. A hash and nothing more: no keys, no derivation.
"use strict";

const Blake3 = (() => {
  const IV = Int32Array.of(0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19);
  const ORDER = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
  const START = 1, END = 2, PARENT = 4, ROOT = 8;
  const BLOCK = 64, CHUNK = 1024;

  // The order of the words of a block in each of the seven rounds, one after the other.
  const order = new Uint8Array(7 * 16).map((_, i) => i);
  for (let round = 1; round < 7; round += 1) {
    for (let i = 0; i < 16; i += 1) order[round * 16 + i] = order[(round - 1) * 16 + ORDER[i]];
  }

  // Mixes a block into a chaining value, in place. The mixing is written out: it is what a large file waits for.
  function compress(chain, words, counter, length, flags) {
    let v0 = chain[0], v1 = chain[1], v2 = chain[2], v3 = chain[3], v4 = chain[4], v5 = chain[5], v6 = chain[6], v7 = chain[7];
    let v8 = IV[0], v9 = IV[1], va = IV[2], vb = IV[3], vc = counter | 0, vd = (counter / 2 ** 32) | 0, ve = length, vf = flags;
    for (let at = 0; at < 112; at += 16) {
      v0 = (v0 + v4 + words[order[at + 0]]) | 0; vc ^= v0; vc = (vc >>> 16) | (vc << 16); v8 = (v8 + vc) | 0; v4 ^= v8; v4 = (v4 >>> 12) | (v4 << 20);
      v0 = (v0 + v4 + words[order[at + 1]]) | 0; vc ^= v0; vc = (vc >>> 8) | (vc << 24); v8 = (v8 + vc) | 0; v4 ^= v8; v4 = (v4 >>> 7) | (v4 << 25);
      v1 = (v1 + v5 + words[order[at + 2]]) | 0; vd ^= v1; vd = (vd >>> 16) | (vd << 16); v9 = (v9 + vd) | 0; v5 ^= v9; v5 = (v5 >>> 12) | (v5 << 20);
      v1 = (v1 + v5 + words[order[at + 3]]) | 0; vd ^= v1; vd = (vd >>> 8) | (vd << 24); v9 = (v9 + vd) | 0; v5 ^= v9; v5 = (v5 >>> 7) | (v5 << 25);
      v2 = (v2 + v6 + words[order[at + 4]]) | 0; ve ^= v2; ve = (ve >>> 16) | (ve << 16); va = (va + ve) | 0; v6 ^= va; v6 = (v6 >>> 12) | (v6 << 20);
      v2 = (v2 + v6 + words[order[at + 5]]) | 0; ve ^= v2; ve = (ve >>> 8) | (ve << 24); va = (va + ve) | 0; v6 ^= va; v6 = (v6 >>> 7) | (v6 << 25);
      v3 = (v3 + v7 + words[order[at + 6]]) | 0; vf ^= v3; vf = (vf >>> 16) | (vf << 16); vb = (vb + vf) | 0; v7 ^= vb; v7 = (v7 >>> 12) | (v7 << 20);
      v3 = (v3 + v7 + words[order[at + 7]]) | 0; vf ^= v3; vf = (vf >>> 8) | (vf << 24); vb = (vb + vf) | 0; v7 ^= vb; v7 = (v7 >>> 7) | (v7 << 25);
      v0 = (v0 + v5 + words[order[at + 8]]) | 0; vf ^= v0; vf = (vf >>> 16) | (vf << 16); va = (va + vf) | 0; v5 ^= va; v5 = (v5 >>> 12) | (v5 << 20);
      v0 = (v0 + v5 + words[order[at + 9]]) | 0; vf ^= v0; vf = (vf >>> 8) | (vf << 24); va = (va + vf) | 0; v5 ^= va; v5 = (v5 >>> 7) | (v5 << 25);
      v1 = (v1 + v6 + words[order[at + 10]]) | 0; vc ^= v1; vc = (vc >>> 16) | (vc << 16); vb = (vb + vc) | 0; v6 ^= vb; v6 = (v6 >>> 12) | (v6 << 20);
      v1 = (v1 + v6 + words[order[at + 11]]) | 0; vc ^= v1; vc = (vc >>> 8) | (vc << 24); vb = (vb + vc) | 0; v6 ^= vb; v6 = (v6 >>> 7) | (v6 << 25);
      v2 = (v2 + v7 + words[order[at + 12]]) | 0; vd ^= v2; vd = (vd >>> 16) | (vd << 16); v8 = (v8 + vd) | 0; v7 ^= v8; v7 = (v7 >>> 12) | (v7 << 20);
      v2 = (v2 + v7 + words[order[at + 13]]) | 0; vd ^= v2; vd = (vd >>> 8) | (vd << 24); v8 = (v8 + vd) | 0; v7 ^= v8; v7 = (v7 >>> 7) | (v7 << 25);
      v3 = (v3 + v4 + words[order[at + 14]]) | 0; ve ^= v3; ve = (ve >>> 16) | (ve << 16); v9 = (v9 + ve) | 0; v4 ^= v9; v4 = (v4 >>> 12) | (v4 << 20);
      v3 = (v3 + v4 + words[order[at + 15]]) | 0; ve ^= v3; ve = (ve >>> 8) | (ve << 24); v9 = (v9 + ve) | 0; v4 ^= v9; v4 = (v4 >>> 7) | (v4 << 25);
    }
    chain[0] = v0 ^ v8; chain[1] = v1 ^ v9; chain[2] = v2 ^ va; chain[3] = v3 ^ vb;
    chain[4] = v4 ^ vc; chain[5] = v5 ^ vd; chain[6] = v6 ^ ve; chain[7] = v7 ^ vf;
  }

  const words = new Int32Array(16);

  function fill(bytes, from, length) {
    if (length === BLOCK) {
      for (let i = 0, at = from; i < 16; i += 1, at += 4) {
        words[i] = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
      }
      return;
    }
    words.fill(0);
    for (let i = 0; i < length; i += 1) words[i >> 2] |= bytes[from + i] << ((i & 3) * 8);
  }

  // The chaining value of a chunk; `root` where it is the only one.
  function chunk(bytes, from, length, counter, root) {
    const chain = IV.slice();
    let at = 0;
    do {
      const size = Math.min(BLOCK, length - at);
      const last = at + size >= length;
      const flags = (at === 0 ? START : 0) | (last ? END | root : 0);
      fill(bytes, from + at, size);
      compress(chain, words, counter, size, flags);
      at += BLOCK;
    } while (at < length);
    return chain;
  }

  function parent(left, right, root) {
    words.set(left);
    words.set(right, 8);
    const chain = IV.slice();
    compress(chain, words, 0, BLOCK, PARENT | root);
    return chain;
  }

  return class {
    #chunks = 0;
    // Subtrees that are complete, the largest first.
    #stack = [];
    // The last chunk is held back until it is known whether another one follows.
    #rest = new Uint8Array(CHUNK);
    #held = 0;

    update(bytes) {
      let from = 0;
      while (from < bytes.length) {
        if (this.#held === CHUNK) this.#add(this.#rest, 0);
        // Whole chunks straight from what came, all but the last.
        while (this.#held === 0 && bytes.length - from > CHUNK) {
          this.#add(bytes, from);
          from += CHUNK;
        }
        const taken = Math.min(CHUNK - this.#held, bytes.length - from);
        this.#rest.set(bytes.subarray(from, from + taken), this.#held);
        this.#held += taken;
        from += taken;
      }
    }

    #add(bytes, from) {
      let value = chunk(bytes, from, CHUNK, this.#chunks, 0);
      this.#held = 0;
      this.#chunks += 1;
      for (let total = this.#chunks; total % 2 === 0; total /= 2) value = parent(this.#stack.pop(), value, 0);
      this.#stack.push(value);
    }

    hex() {
      let value = chunk(this.#rest, 0, this.#held, this.#chunks, this.#stack.length ? 0 : ROOT);
      for (let i = this.#stack.length - 1; i >= 0; i -= 1) value = parent(this.#stack[i], value, i === 0 ? ROOT : 0);
      const bytes = new DataView(new ArrayBuffer(32));
      value.forEach((word, i) => bytes.setInt32(i * 4, word, true));
      return [...new Uint8Array(bytes.buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    }
  };
})();
