// A type between the name and its sign: "password: String = …".
const TYPE = String.raw`(?:[ \t]?:[ \t]?&?[Ss]tr(?:ing)?(?=[ \t]?=))?`;
// What joins a name to its value for certain: a sign, the second member of a pair, the next element, the other choice.
const SURE = [
  String.raw`${TYPE}[ \t]{0,20}(?:[:!]?={1,3}>?|:|->)\*{0,2}[ \t]{0,4}`,
  String.raw`,?\s{1,20}["']?value["']?[ \t]?[:=][ \t]{0,4}|,["']value["']:[ \t]?`,
  String.raw`[ \t]?\{\s{1,12}default[ \t]{0,12}=[ \t]?`,
  String.raw`>\s{0,20}`,
  String.raw`[ \t]{1,2}(?:\|\||\?\?|or)\s{1,4}(?=["'])`,
].join('|');
// What may join them: a word, a dash, a bracket, a comma, the border of a cell, nothing but a blank.
const LOOSE = [
  String.raw`(?:[ \t]["']?\w{1,16}["']?){0,5}[ \t](is|was):?[ \t]|[ \t](for)[ \t]["']?[\w.@-]{1,40}["']?:[ \t]?`,
  String.raw`[ \t]?(\()[ \t]?|[ \t]{0,12}\|[ \t]{1,4}`,
  String.raw`[ \t]{1,4}(?:-p?[ \t]{1,4})?`,
  String.raw`,[ \t]{0,4}(?=\\{0,15}["'${'`'}])`,
].join('|');
// A quote of JSON has fifteen backslashes when it was put into JSON four times.
const CLOSED = String.raw`["'${'`'}\])\\*]{0,17}`;
const OPENED = String.raw`(\\{0,15}["'${'`'}])?`;
const JOINT = new RegExp(`${CLOSED}(?:(?:${SURE})|(${LOOSE}))${OPENED}`, 'y');
const SURE_JOINT = new RegExp(`${CLOSED}(?:${SURE})${OPENED}`, 'y');

/** What stands between the name of a password and its value. */
export interface Joint {
  /** Words of prose may be joined so too. */
  readonly loose: boolean;
  /** It is a word: "is", "for". */
  readonly said: boolean;
  /** It is the bracket of a call, whose argument mostly names something. */
  readonly called: boolean;
  /** The quote that opens the value, with its backslash. */
  readonly quote: string | undefined;
  /** Where the value begins. */
  readonly end: number;
}

/** Gives the joint behind a name that ends at `nameEnd`. @param sure whether only a sign counts, as behind a name that is a verb as well */
export const jointAt = (text: string, nameEnd: number, sure: boolean): Joint | undefined => {
  const pattern = sure ? SURE_JOINT : JOINT;
  pattern.lastIndex = nameEnd;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, first, verb, preposition, bracket, last] = match;
  return sure
    ? { loose: false, said: false, called: false, quote: first, end: pattern.lastIndex }
    : { loose: first !== undefined, said: (verb ?? preposition) !== undefined, called: bracket !== undefined, quote: last, end: pattern.lastIndex };
};
