import type ptBR from './pt-BR'

/** What every language has: the sentences of the first one. */
export type Messages = typeof ptBR
