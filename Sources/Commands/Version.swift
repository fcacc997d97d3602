/// This program's version; runs record it.
package let programVersion = "0.1.0"
