/// ImageInput
