/** Whether a pattern takes linear time: the most steps at one character, or what is wanted instead. */
export type PatternCost = { readonly kind: 'linear'; readonly steps: number } | { readonly kind: 'refused'; readonly wanted: string };

const QUANTIFIER = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/;
const MAX_BOUND = 512;

interface Part {
  /** Ways in which it can match at one place, for the count of steps. */
  readonly ways: number;
  readonly length: number;
  /** It ends with a repeat without an upper bound. */
  readonly open: boolean;
}

class Refused extends Error {
  override readonly name = 'Refused';
}

const boundsOf = (match: RegExpExecArray): { readonly least: number; readonly most: number } => {
  const infinite = Number.POSITIVE_INFINITY;
  const [sign] = match[0];
  if (sign === '?') return { least: 0, most: 1 };
  if (sign === '*') return { least: 0, most: infinite };
  if (sign === '+') return { least: 1, most: infinite };
  const least = Number(match[1]);
  if (match[2] === undefined) return { least, most: least };
  return { least, most: match[3] === '' ? infinite : Number(match[3]) };
};

/**
 * Reads a pattern by its structure. Linear is what has bounded repeats only, or one without bound at its very end: there the engine
 * takes all it can and is done, so nothing is ever tried again. Repeats inside repeats multiply and are refused unless they are fixed.
 */
class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): Part {
    const part = this.#alternatives();
    if (this.#at < this.#source.length) throw new Refused('balanced parentheses');
    return part;
  }

  #alternatives(): Part {
    let ways = 0;
    let length = 0;
    let open = false;
    for (;;) {
      const part = this.#sequence();
      ways += part.ways;
      length = Math.max(length, part.length);
      open ||= part.open;
      if (this.#source.charAt(this.#at) !== '|') return { ways, length, open };
      this.#at++;
    }
  }

  #sequence(): Part {
    let ways = 1;
    let length = 0;
    let open = false;
    while (this.#at < this.#source.length && !'|)'.includes(this.#source.charAt(this.#at))) {
      if (open) throw new Refused('a repeat without an upper bound only at the very end; give the others a bound, such as {1,64}');
      const part = this.#repeated(length === 0);
      ways *= part.ways;
      length += part.length;
      open = part.open;
    }
    return { ways, length, open };
  }

  #repeated(first: boolean): Part {
    const atom = this.#atom();
    const match = QUANTIFIER.exec(this.#source.slice(this.#at));
    if (match === null) return atom;
    this.#at += match[0].length;
    const { least, most } = boundsOf(match);
    const open = most === Number.POSITIVE_INFINITY;
    if (atom.open || (atom.ways > 1 && most > 1)) throw new Refused('no repeat around something that itself repeats or branches');
    if (!open && most > MAX_BOUND) throw new Refused(`repeats of at most ${MAX_BOUND}`);
    if (open && first) throw new Refused('something fixed before a repeat without an upper bound');
    return { ways: atom.ways * (open ? 1 : most - least + 1), length: Math.max(1, atom.length * least), open };
  }

  #atom(): Part {
    const char = this.#source.charAt(this.#at);
    const single: Part = { ways: 1, length: 1, open: false };
    if (char === '\\') {
      const next = this.#source.charAt(this.#at + 1);
      if (/[1-9k]/.test(next)) throw new Refused('no back reference');
      this.#at += 2;
      return /[bB]/.test(next) ? { ...single, length: 0 } : single;
    }
    if (char === '[') {
      this.#class();
      return single;
    }
    if (char === '(') return this.#group();
    this.#at++;
    return char === '^' || char === '$' ? { ...single, length: 0 } : single;
  }

  #class(): void {
    this.#at++;
    while (this.#at < this.#source.length && this.#source.charAt(this.#at) !== ']') this.#at += this.#source.charAt(this.#at) === '\\' ? 2 : 1;
    this.#at++;
  }

  #group(): Part {
    const opening = /^\((?:\?(?:[:=!]|<[=!]|<[A-Za-z_]\w*>))?/.exec(this.#source.slice(this.#at))?.[0] ?? '(';
    this.#at += opening.length;
    const inside = this.#alternatives();
    if (this.#source.charAt(this.#at) !== ')') throw new Refused('balanced parentheses');
    this.#at++;
    const looks = /[=!]$/.test(opening);
    if (looks && inside.open) throw new Refused('no repeat without an upper bound inside a look around');
    return looks ? { ...inside, length: 0 } : inside;
  }
}

/** Tells what a pattern may cost at each character, from its structure alone. */
export const costOfPattern = (source: string): PatternCost => {
  try {
    return { kind: 'linear', steps: new Reader(source).read().ways };
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', wanted: error.message };
    throw error;
  }
};
