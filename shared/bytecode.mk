# What both builds share: for which runtime, and byte code that survives the deployment.
#
# Both Makefiles run in the repository's root (WorkingDirectory in template.yaml); sam gives ARTIFACTS_DIR.
# RUNTIME chooses another runtime than the template's: make build RUNTIME=python3.13

RUNTIME ?= python3.12

# The interpreter of the runtime's minor version: byte code of any other would be ignored there. A version manager's
# shim answers `command -v` and then fails, so each candidate has to run and say its version.
define interpreter
$(shell \
	for python in "$$(command -v $(RUNTIME))" \
		"$$(uv python find --no-python-downloads $(RUNTIME:python%=%) 2>/dev/null)" \
		"$$(pyenv root 2>/dev/null)"/versions/$(RUNTIME:python%=%).*/bin/$(RUNTIME); do \
		"$$python" -c 'import sys; sys.exit("python%d.%d" % sys.version_info[:2] != "$(RUNTIME)")' 2>/dev/null && \
			echo "$$python" && break; \
	done)
endef
PYTHON_OF_THE_RUNTIME := $(interpreter)
ifeq ($(PYTHON_OF_THE_RUNTIME),)
$(error $(RUNTIME) was not found and only it makes byte code that the runtime reads; install it, or build for the Python \
	that is here, for example with: make build RUNTIME=$(shell python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])'))
endif

# `unchecked-hash` because the archive's dates are not the sources', so that byte code checked by date is thrown away;
# the prefix is where the folder is unpacked, so that tracebacks read right and the bytes do not depend on this machine.
# $(call compile,FOLDER,WHERE IT IS UNPACKED)
compile = find "$(1)" -name __pycache__ -prune -exec rm -rf {} + && \
	PYTHONHASHSEED=0 "$(PYTHON_OF_THE_RUNTIME)" -m compileall -q -j 0 --invalidation-mode unchecked-hash \
		-s "$(ARTIFACTS_DIR)" -p "$(2)" "$(1)"

# $(call size,NAME): what will lie on the runtime's disk, and how much of it is byte code.
size = printf '%s for %s: %s KB, of it %s KB byte code in %s files\n' "$(1)" "$(RUNTIME)" \
	"$$(du -sk --apparent-size "$(ARTIFACTS_DIR)" | cut -f1)" \
	"$$(find "$(ARTIFACTS_DIR)" -name '*.pyc' -printf '%s\n' | awk '{ total += $$1 } END { printf "%d", total / 1024 }')" \
	"$$(find "$(ARTIFACTS_DIR)" -name '*.pyc' | wc -l)"
