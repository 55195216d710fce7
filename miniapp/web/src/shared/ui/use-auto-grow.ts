import { useLayoutEffect, useRef } from 'react'

/** For a text area that is as high as its text, in browsers whose style sheets cannot say so (`field-sizing`). */
export function useAutoGrow(text: string) {
  const area = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    if (area.current === null || CSS.supports('field-sizing', 'content')) return
    area.current.style.height = 'auto'
    area.current.style.height = `${area.current.scrollHeight}px`
  }, [text])
  return area
}
