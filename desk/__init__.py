"""What people can do: one noun a file, one function a deed, each refusing with a sentence."""
