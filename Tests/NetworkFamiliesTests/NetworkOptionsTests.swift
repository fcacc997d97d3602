import Diagnostics
import NetworkFamilies
import Testing

struct NetworkOptionsTests {
    @Test(arguments: [
        "sew-resnet", "sew-resnet,connect=iand,neuron=if", "spiking-resnet,neuron=lif,tau=4/3,threshold=0.5,reset=soft,decay-input=no",
        "spike-driven-transformer,heads=8,pooling=0011", "spiking-vgg,neuron=if,last-pool=no",
    ])
    func `Options are written as they are read`(text: String) throws {
        #expect(try NetworkOptions(parsing: text).text == text)
    }

    @Test(arguments: [
        ("resnet", "spiking-mlp, spiking-resnet, sew-resnet, ms-resnet, spiking-vgg, spike-driven-transformer, max-former"),
        ("", "spiking-mlp"), ("sew-resnet,", "connect=add|and|iand"), ("sew-resnet,conect=add", "connect=add|and|iand"),
        ("sew-resnet,connect=or", "add|and|iand"), ("sew-resnet,neuron=alif", "lif|if|plif"), ("sew-resnet,tau=0.5", "NUMBER"),
        ("sew-resnet,tau=4/0", "NUMBER"), ("sew-resnet,tau=4/3/2", "NUMBER"), ("sew-resnet,tau=nan", "NUMBER"),
        ("sew-resnet,threshold=-1", "NUMBER"), ("sew-resnet,reset=zero", "hard|soft"), ("sew-resnet,decay-input=1", "yes|no"),
        ("sew-resnet,heads=0", "COUNT"), ("sew-resnet,connect=add,connect=and", "once"), ("sew-resnet,tau=", "NUMBER"),
    ])
    func `What cannot be read is refused with the choices`(text: String, choices: String) {
        let failure = #expect(throws: Failure.self) { try NetworkOptions(parsing: text) }
        #expect(failure?.code == .invalidNetworkOptions)
        #expect(failure?.remedy?.contains(choices) ?? false, "\(failure?.remedy ?? "")")
    }
}
