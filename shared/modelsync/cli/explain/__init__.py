"""Why a model is published as it is, in sentences made of what is published and of what people overrode."""
