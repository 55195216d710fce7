import { createContext, use } from 'react'
import type { ApiClient } from './client'
import type { Me } from './model'

export const ApiContext = createContext<ApiClient | null>(null)
export const MeContext = createContext<Me | null>(null)

export function useApi(): ApiClient {
  return present(use(ApiContext), 'ApiContext')
}

/** Who is signed in. */
export function useMe(): Me {
  return present(use(MeContext), 'MeContext')
}

function present<T>(value: T | null, name: string): T {
  if (value === null) throw new Error(`${name} is not provided here`)
  return value
}
