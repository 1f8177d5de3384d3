const EMPTY = 0
const SMALLEST = 64

/**
 * A set of texts that keeps nine bytes of each: a fingerprint of 64 bits, and in which read it was met last. That two of
 * the texts have one fingerprint is as good as impossible: among a million of them, once in 37 million such sets.
 */
export class Fingerprints {
  /** Two words for each place; a place of which the first is 0 is free. A power of two, at most half of it taken. */
  #words = new Uint32Array(2 * SMALLEST)
  #reads = new Uint8Array(SMALLEST)
  #size = 0

  /** The set that `words` gave away. */
  static of(words: Uint32Array): Fingerprints {
    const set = new Fingerprints()
    for (let i = 0; i + 1 < words.length; i += 2) set.#add(words[i] as number, words[i + 1] as number, 0)
    return set
  }

  /** Its fingerprints, two words each. */
  words(): Uint32Array {
    const words = new Uint32Array(2 * this.#size)
    let at = 0
    for (let i = 0; i < this.#words.length; i += 2) {
      if (this.#words[i] === EMPTY) continue
      words.set(this.#words.subarray(i, i + 2), at)
      at += 2
    }
    return words
  }

  /**
   * Adds a text.
   * @param read number of the read that it was met in
   * @returns the read that it was met in before, modulo 256; undefined when it is new
   */
  meet(text: string, read: number): number | undefined {
    const [high, low] = fingerprint(text)
    return this.#add(high, low, read)
  }

  #add(high: number, low: number, read: number): number | undefined {
    const place = this.#placeOf(high, low)
    const isNew = this.#words[2 * place] === EMPTY
    const before = this.#reads[place]
    this.#reads[place] = read
    if (!isNew) return before
    this.#put(place, high, low)
    if (2 * ++this.#size > this.#reads.length) this.#grow()
    return undefined
  }

  /** The place where a fingerprint is, or would be. */
  #placeOf(high: number, low: number): number {
    const mask = this.#reads.length - 1
    let place = low & mask
    while (this.#words[2 * place] !== EMPTY && !this.#is(place, high, low)) place = (place + 1) & mask
    return place
  }

  #is(place: number, high: number, low: number): boolean {
    return this.#words[2 * place] === high && this.#words[2 * place + 1] === low
  }

  #put(place: number, high: number, low: number): void {
    this.#words[2 * place] = high
    this.#words[2 * place + 1] = low
  }

  #grow(): void {
    const words = this.#words
    const reads = this.#reads
    this.#words = new Uint32Array(2 * words.length)
    this.#reads = new Uint8Array(2 * reads.length)
    for (let i = 0; i < reads.length; i++) {
      const high = words[2 * i] as number
      if (high === EMPTY) continue
      const low = words[2 * i + 1] as number
      const place = this.#placeOf(high, low)
      this.#put(place, high, low)
      this.#reads[place] = reads[i] as number
    }
  }
}

/** Two words of 32 bits, mixed as in MurmurHash3; the first is never 0. */
function fingerprint(text: string): [number, number] {
  let high = 0x9e3779b1
  let low = 0x85ebca77
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    high = Math.imul(high ^ code, 0x9e3779b1)
    low = Math.imul(low ^ code, 0x5f356495)
    high ^= high >>> 15
    low ^= low >>> 13
  }
  high = mixed(high ^ Math.imul(low, 0xc2b2ae3d))
  low = mixed(low ^ Math.imul(high, 0x27d4eb2f))
  return [high === EMPTY ? 1 : high, low]
}

function mixed(word: number): number {
  let value = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
