import { useCallback } from 'react'
import { useLocation } from 'wouter'

interface NavigationApi {
  canGoBack: boolean
}

/** Back to where one came from within the app; who was led straight to a page goes to `parent`. */
export function useGoBack(parent: string): () => void {
  const [, navigate] = useLocation()
  return useCallback(() => {
    const canGoBack = (window as { navigation?: NavigationApi }).navigation?.canGoBack ?? false
    if (canGoBack) history.back()
    else navigate(parent, { replace: true })
  }, [navigate, parent])
}
