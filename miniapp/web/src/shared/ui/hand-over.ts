/** Gives a file to whoever looks: to share where that is how files are kept (phones), as a download elsewhere. */
export async function handOver(file: File): Promise<void> {
  const isTouched = matchMedia('(pointer: coarse)').matches
  if (isTouched && 'canShare' in navigator && navigator.canShare({ files: [file] })) {
    await navigator.share({ files: [file] }).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === 'AbortError')) throw error
    })
    return
  }
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = file.name
  link.click()
  URL.revokeObjectURL(address)
}
