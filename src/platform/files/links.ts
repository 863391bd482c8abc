let base = ''
/** Sets the address that links begin with; done once when the server knows it. */
export const linkTo = (url: string) => {
  base = url.replace(/\/+$/, '')
}

/** An absolute link to a path of this server. */
export const link = (path: string) => `${base}${path}`

/** The address of a file: nobody can guess it, and whoever has it may read the file. */
export const fileLink = (key: string) => link(`/f/${key}`)
