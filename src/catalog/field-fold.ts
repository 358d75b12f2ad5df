/** What rows come to, where that is a whole number: how many there are, or what a field's whole numbers come to. */
export type FieldFold = { readonly verb: 'count' } | { readonly verb: NumberVerb; readonly fieldName: string };

export type NumberVerb = 'sum' | 'smallest' | 'largest';
